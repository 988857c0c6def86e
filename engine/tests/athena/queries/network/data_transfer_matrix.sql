SELECT
  product_from_location,
  product_to_location,
  product_transfer_type,
  sum(line_item_usage_amount) AS gigabytes,
  sum(line_item_unblended_cost) AS cost
FROM cur
WHERE product_product_family = 'Data Transfer' AND line_item_line_item_type = 'Usage'
GROUP BY 1, 2, 3
ORDER BY cost DESC, gigabytes DESC, 1, 2, 3
LIMIT 30
