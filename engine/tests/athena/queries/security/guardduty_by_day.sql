SELECT
  CAST(line_item_usage_start_date AS date) AS usage_date,
  lower(product_product_name) AS name,
  element_at(split(product_group, ' '), -2) AS analysed,
  sum(line_item_usage_amount) AS events,
  sum(line_item_unblended_cost) AS cost
FROM cur
WHERE line_item_product_code = 'AmazonGuardDuty' AND line_item_line_item_type = 'Usage'
GROUP BY CAST(line_item_usage_start_date AS date), product_product_name, product_group
ORDER BY usage_date
