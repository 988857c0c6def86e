SELECT
  line_item_product_code,
  line_item_usage_account_id,
  DATE_FORMAT(line_item_usage_start_date,'%Y-%m-%d') AS day_line_item_usage_start_date,
  SPLIT_PART(line_item_resource_id,':',7) AS split_line_item_resource_id,
  CASE
    WHEN line_item_usage_type LIKE '%ReadCapacityUnit%' THEN 'DynamoDB Provisioned Read Capacity'
    WHEN line_item_usage_type LIKE '%WriteCapacityUnit%' THEN 'DynamoDB Provisioned Write Capacity'
    WHEN line_item_usage_type LIKE '%Repl%' THEN 'DynamoDB Replicated'
    WHEN SUBSTR(line_item_usage_type, -4) = '-Hrs' THEN 'hours'
    ELSE COALESCE(product_database_engine, line_item_operation)
  END AS kind,
  CASE WHEN STRPOS(line_item_usage_type, 'Multi-AZ') > 0 OR POSITION('Multi' IN product_deployment_option) > 0 THEN TRUE ELSE FALSE END AS multi_az,
  SUM(line_item_usage_amount * COALESCE(TRY_CAST(line_item_unblended_rate AS DOUBLE), 0)) AS recomputed,
  SUM(line_item_unblended_cost) AS cost
FROM cur
WHERE line_item_product_code IN ('AmazonRDS','AmazonDynamoDB') AND line_item_line_item_type <> 'Tax'
GROUP BY 1, 2, 3, 4, 5, 6
ORDER BY cost DESC, 3, 1, 4, 2, 5
