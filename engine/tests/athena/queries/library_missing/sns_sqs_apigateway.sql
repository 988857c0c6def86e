SELECT CASE line_item_product_code WHEN 'AWSQueueService' THEN 'SQS' WHEN 'AmazonSNS' THEN 'SNS' WHEN 'AmazonApiGateway' THEN 'API Gateway' WHEN 'AmazonSES' THEN 'SES' ELSE line_item_product_code END AS service,
  COALESCE(product_group, 'n/a') AS grp, date_format(line_item_usage_start_date, '%Y-%m-%d') AS day, SUM(TRY_CAST(line_item_unblended_rate AS double) * line_item_usage_amount) AS list_cost
FROM cur
WHERE line_item_product_code IN ('AWSQueueService', 'AmazonSNS', 'AmazonApiGateway', 'AmazonSES') AND line_item_line_item_type = 'Usage'
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
