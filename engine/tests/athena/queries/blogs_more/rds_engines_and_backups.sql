SELECT COALESCE(product_database_engine, 'storage and others') AS engine, product_deployment_option, product_license_model,
  SUM(IF(line_item_usage_type LIKE '%InstanceUsage%' OR line_item_usage_type LIKE '%Multi-AZUsage%', line_item_usage_amount, 0)) AS hours,
  SUM(IF(line_item_usage_type LIKE '%BackupUsage%', line_item_unblended_cost, 0)) AS backups,
  SUM(line_item_unblended_cost) AS cost
FROM cur
WHERE line_item_product_code = 'AmazonRDS' AND line_item_line_item_type NOT IN ('Tax', 'EdpDiscount', 'RIFee')
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
