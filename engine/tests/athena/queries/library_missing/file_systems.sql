SELECT product_file_system_type, product_deployment_option, product_storage_type, product_throughput_capacity,
  SUM(line_item_usage_amount) AS amount, SUM(line_item_unblended_cost) AS cost
FROM cur
WHERE line_item_product_code IN ('AmazonFSx', 'AmazonEFS', 'AmazonS3')
GROUP BY 1, 2, 3, 4
ORDER BY 6 DESC
