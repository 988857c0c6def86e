SELECT CASE
  WHEN line_item_usage_type LIKE '%Requests%' THEN 'Requests'
  WHEN line_item_usage_type LIKE '%DataProcessing-Bytes%' THEN 'Ingestion'
  WHEN line_item_usage_type LIKE '%TimedStorage-ByteHrs%' THEN 'Storage'
  WHEN line_item_usage_type LIKE '%MetricMonitorUsage%' THEN 'Metrics'
  WHEN line_item_usage_type LIKE '%DashboardsUsageHour%' THEN 'Dashboards'
  ELSE 'Others' END AS line_item_usage_type,
  line_item_operation, SUM(CAST(line_item_usage_amount AS double)) AS amount, SUM(CAST(line_item_unblended_cost AS decimal(16, 8))) AS cost
FROM cur
WHERE product_product_name = 'AmazonCloudWatch' AND line_item_line_item_type IN ('DiscountedUsage', 'Usage', 'SavingsPlanCoveredUsage')
GROUP BY 1, 2
ORDER BY cost DESC, amount DESC
