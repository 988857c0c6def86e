SELECT
  bill_payer_account_id,
  line_item_usage_account_id,
  line_item_line_item_type,
  DATE_FORMAT(line_item_usage_start_date, '%Y-%m-%d') AS day_line_item_usage_start_date,
  product_region,
  CASE
    WHEN line_item_usage_type LIKE '%Lambda-Edge-GB-Second%' THEN 'Lambda EDGE GB x Sec.'
    WHEN line_item_usage_type LIKE '%Lambda-GB-Second-ARM%' THEN 'Lambda GB x Sec. (ARM)'
    WHEN line_item_usage_type LIKE '%Lambda-GB-Second%' THEN 'Lambda GB x Sec.'
    WHEN line_item_usage_type LIKE '%Request' THEN 'Lambda Requests'
    WHEN line_item_usage_type LIKE '%In-Bytes%' THEN 'Data Transfer (IN)'
    ELSE 'Other'
  END AS case_line_item_usage_type,
  line_item_resource_id,
  SUM(CAST(line_item_usage_amount AS DOUBLE)) AS sum_line_item_usage_amount,
  SUM(CAST(line_item_unblended_cost AS DECIMAL(16,8))) AS sum_line_item_unblended_cost,
  SUM(CAST(savings_plan_savings_plan_effective_cost AS DOUBLE)) AS sum_savings_plan_effective_cost
FROM "cur_database"."cur"
WHERE line_item_product_code = 'AWSLambda'
  AND line_item_line_item_type IN ('Usage', 'SavingsPlanCoveredUsage')
  AND month IN ('10', '11')
GROUP BY 1, 2, 3, DATE_FORMAT(line_item_usage_start_date, '%Y-%m-%d'), product_region, 6, line_item_resource_id
ORDER BY day_line_item_usage_start_date ASC, sum_line_item_usage_amount DESC, line_item_resource_id, line_item_usage_account_id
