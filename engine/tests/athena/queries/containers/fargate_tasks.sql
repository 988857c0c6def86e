-- rows: any order
SELECT
  SPLIT_PART(SPLIT_PART(line_item_resource_id, ':', 6), '/', 2) AS split_line_item_resource_id,
  CASE
    WHEN line_item_usage_type LIKE '%Fargate-GB%' THEN 'GB per hour'
    WHEN line_item_usage_type LIKE '%Fargate-vCPU%' THEN 'vCPU per hour'
  END AS case_line_item_usage_type,
  CASE line_item_line_item_type
    WHEN 'SavingsPlanCoveredUsage' THEN 'Savings Plan'
    WHEN 'Usage' THEN 'OnDemand'
    ELSE NULL
  END AS case_pricing_term,
  round(SUM(CAST(line_item_usage_amount AS DOUBLE)), 3) AS sum_line_item_usage_amount,
  SUM(CAST(line_item_unblended_cost AS DECIMAL(16,8))) AS sum_line_item_unblended_cost
FROM cur
WHERE line_item_operation LIKE 'FargateTask'
GROUP BY line_item_resource_id, 2, 3
ORDER BY sum_line_item_unblended_cost DESC, case_line_item_usage_type
