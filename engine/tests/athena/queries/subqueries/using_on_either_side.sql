WITH september AS (SELECT line_item_product_code AS code, sum(line_item_unblended_cost) AS cost FROM cur WHERE month = '9' AND line_item_product_code < 'AmazonS' GROUP BY 1),
october AS (SELECT line_item_product_code AS code, sum(line_item_unblended_cost) AS cost FROM cur WHERE month = '10' AND line_item_product_code > 'AmazonE' GROUP BY 1)
SELECT 'full' AS side, code, s.cost AS september, o.cost AS october, upper(substr(code, 1, 4)) AS short FROM september s FULL OUTER JOIN october o USING (code) WHERE code <> 'AmazonECS'
UNION ALL
SELECT 'right', CODE, s.cost, o.cost, count(*) || ' ' || code FROM september s RIGHT JOIN october o USING (code) GROUP BY code, s.cost, o.cost
ORDER BY side, code
