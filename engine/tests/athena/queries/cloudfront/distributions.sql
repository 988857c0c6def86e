SELECT
  coalesce(split_part(line_item_resource_id, 'distribution/', 2), 'no distribution') AS distribution,
  sum(line_item_unblended_cost) AS cost,
  sum(CASE WHEN line_item_usage_type LIKE '%Bytes%' THEN line_item_usage_amount END) AS gb,
  sum(CASE WHEN line_item_usage_type LIKE '%Requests%' THEN line_item_usage_amount END) AS requests,
  sum(CASE WHEN line_item_line_item_type = 'BundledDiscount' THEN line_item_unblended_cost END) AS discounts
FROM cur
WHERE line_item_product_code = 'AmazonCloudFront'
GROUP BY 1
ORDER BY cost DESC, distribution
