WITH september AS (SELECT line_item_product_code AS service, sum(line_item_unblended_cost) AS cost FROM cur WHERE month = '9' AND line_item_product_code < 'AmazonS' GROUP BY 1),
october AS (SELECT line_item_product_code AS service, sum(line_item_unblended_cost) AS cost FROM cur WHERE month = '10' AND line_item_product_code > 'AmazonE' GROUP BY 1),
accounts AS (SELECT line_item_product_code AS service, count(DISTINCT line_item_usage_account_id) AS accounts FROM cur WHERE line_item_product_code LIKE '%S%' GROUP BY 1)
SELECT service, a_cost, accounts FROM (
  SELECT *
  FROM (SELECT service, cost AS a_cost FROM september) s
  RIGHT JOIN (SELECT service, cost AS b_cost FROM october) o USING (service)
  LEFT JOIN accounts a USING (service)
) t
ORDER BY service
