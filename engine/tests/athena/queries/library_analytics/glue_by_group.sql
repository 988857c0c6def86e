SELECT
  bill_payer_account_id,
  line_item_usage_account_id,
  DATE_FORMAT(line_item_usage_start_date,'%Y-%m-%d') AS day_line_item_usage_start_date,
  CASE
    WHEN line_item_operation LIKE '%Jobrun%' THEN CONCAT('Job: ', SPLIT_PART(line_item_resource_id, 'job/', 2))
    WHEN line_item_operation IN ('CrawlerRun') THEN 'Crawler'
    ELSE line_item_operation
  END AS case_line_item_operation,
  product_group,
  SUM(CAST(line_item_usage_amount AS DECIMAL(16, 8))) AS sum_line_item_usage_amount,
  SUM(CAST(line_item_unblended_cost AS DECIMAL(16, 8))) AS sum_line_item_unblended_cost,
  SUM(CAST(line_item_unblended_cost AS DECIMAL(16, 8))) / SUM(CAST(line_item_usage_amount AS DECIMAL(16, 8))) AS rate
FROM cur
WHERE product_product_name = ('AWS Glue')
  AND line_item_line_item_type IN ('DiscountedUsage', 'Usage', 'SavingsPlanCoveredUsage')
GROUP BY 1, 2, 3, 4, 5
ORDER BY day_line_item_usage_start_date, sum_line_item_unblended_cost DESC, 2, 4;
