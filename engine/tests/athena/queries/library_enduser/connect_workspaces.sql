SELECT
  bill_payer_account_id,
  line_item_usage_account_id,
  DATE_FORMAT(line_item_usage_start_date,'%Y-%m') AS month_line_item_usage_start_date,
  CASE
    WHEN line_item_usage_type LIKE '%AutoStop%' THEN 'AutoStop'
    WHEN line_item_usage_type LIKE '%AW-HW-%' THEN 'AlwaysOn'
  END AS case_running_mode,
  product_operating_system,
  CASE WHEN (TRY_CAST(SPLIT_PART(line_item_usage_type, '-', 4) AS INTEGER) IS NOT NULL) THEN TRY_CAST(SPLIT_PART(line_item_usage_type, '-', 4) AS INTEGER) ELSE -1 END AS bundle,
  COUNT(DISTINCT SPLIT_PART(line_item_resource_id,'/',2)) AS workspaces,
  SUM(CAST(line_item_unblended_cost AS DECIMAL(16,8))) AS sum_line_item_unblended_cost
FROM cur
WHERE product_product_name = 'Amazon WorkSpaces'
GROUP BY 1, 2, 3, 4, 5, 6
ORDER BY month_line_item_usage_start_date, sum_line_item_unblended_cost DESC, 2
