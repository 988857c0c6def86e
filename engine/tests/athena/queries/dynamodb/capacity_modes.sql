SELECT
  line_item_resource_id,
  CASE
    WHEN line_item_usage_type LIKE '%CapacityUnit%' THEN 'Provisioned'
    WHEN line_item_usage_type LIKE '%RequestUnits%' THEN 'On-Demand'
    WHEN line_item_usage_type LIKE '%TimedStorage%' THEN 'Storage'
    ELSE 'Other'
  END AS case_line_item_usage_type,
  CASE
    WHEN line_item_line_item_type LIKE '%Fee' THEN 'DynamoDB Reserved Capacity'
    WHEN line_item_line_item_type = 'DiscountedUsage' THEN 'DynamoDB Reserved Capacity'
    ELSE 'DynamoDB Usage'
  END AS case_purchase_option,
  SUM(CAST(line_item_usage_amount AS double)) AS sum_line_item_usage_amount,
  SUM(line_item_unblended_cost) AS sum_line_item_unblended_cost
FROM cur
WHERE line_item_product_code = 'AmazonDynamoDB'
  AND year = '2026'
  AND line_item_resource_id LIKE '%table/%'
GROUP BY line_item_resource_id, 2, 3
ORDER BY sum_line_item_unblended_cost DESC, line_item_resource_id, 2
