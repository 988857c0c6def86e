WITH parts AS (
  SELECT line_item_product_code AS service, NULL AS credits, line_item_unblended_cost AS cost FROM cur WHERE line_item_line_item_type = 'Usage'
  UNION ALL
  SELECT line_item_product_code, line_item_unblended_cost, NULL FROM cur WHERE line_item_line_item_type = 'Credit'
)
SELECT service, sum(credits) AS credits, sum(cost) AS cost, count(credits) AS n
FROM parts
GROUP BY service
ORDER BY service
