WITH days AS (
  SELECT line_item_product_code AS service, CAST(line_item_usage_start_date AS date) AS day, sum(line_item_unblended_cost) AS cost
  FROM cur
  WHERE line_item_line_item_type = 'Usage'
  GROUP BY 1, 2
)
SELECT d.service, d.day, 1 + (SELECT count(*) FROM days b WHERE b.service = d.service AND b.cost > d.cost) AS rank
FROM days d
ORDER BY d.service, d.day
