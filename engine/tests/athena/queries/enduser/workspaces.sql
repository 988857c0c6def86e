SELECT
  line_item_usage_account_id,
  DATE_FORMAT(line_item_usage_start_date, '%Y-%m') AS month_line_item_usage_start_date,
  product_group AS product_group,
  CASE WHEN product_group = 'AutoStop' THEN 'Hourly' WHEN product_group = 'AlwaysOn' THEN 'Monthly' ELSE 'Unknown' END AS running_mode,
  SPLIT_PART(line_item_resource_id, '/', 2) AS split_line_item_resource_id,
  SUM(CAST(line_item_unblended_cost AS DECIMAL(16,8))) AS sum_line_item_unblended_cost
FROM cur
WHERE product_product_name = 'Amazon WorkSpaces'
GROUP BY 1, 2, 3, 4, 5
ORDER BY month_line_item_usage_start_date, sum_line_item_unblended_cost DESC, split_line_item_resource_id
