SELECT
  date_format(line_item_usage_start_date, '%Y-%m-%d') AS day,
  sum(line_item_unblended_cost) AS cost
FROM cur
WHERE line_item_usage_start_date >= date_trunc('month', date '2026-10-15' - interval '1' month)
  AND line_item_usage_start_date < date_trunc('month', date '2026-10-15')
  AND line_item_product_code = 'AmazonEC2'
GROUP BY 1
ORDER BY 1
