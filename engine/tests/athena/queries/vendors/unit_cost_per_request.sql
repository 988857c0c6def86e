SELECT
  product_servicecode,
  line_item_operation,
  SUM(line_item_usage_amount) AS requests,
  SUM(line_item_unblended_cost) * 1000000 / NULLIF(SUM(line_item_usage_amount), 0) AS dollars_per_million
FROM cur
WHERE pricing_unit = 'Requests' AND line_item_line_item_type = 'Usage'
GROUP BY 1, 2
ORDER BY 1, 2
