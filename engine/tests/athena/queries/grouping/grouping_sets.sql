SELECT
  line_item_usage_account_id,
  product_region,
  sum(line_item_unblended_cost) AS cost,
  grouping(line_item_usage_account_id) AS all_accounts,
  grouping(product_region) AS all_regions
FROM cur
WHERE line_item_product_code = 'AmazonS3' AND line_item_line_item_type = 'Usage'
GROUP BY GROUPING SETS ((line_item_usage_account_id, product_region), (line_item_usage_account_id), (product_region), ())
ORDER BY 4, 5, cost DESC, 1, 2
