SELECT
  line_item_usage_account_id,
  DATE_FORMAT(line_item_usage_start_date, '%Y-%m-%d') AS day_line_item_usage_start_date,
  CASE
    WHEN split_part(line_item_usage_type, ':', 2) = 'perCluster' THEN 'Cluster'
    WHEN line_item_usage_type LIKE '%Fargate%' THEN 'Fargate'
    WHEN line_item_usage_type LIKE '%EKS-EC2%' THEN 'Pods'
    ELSE coalesce(split_part(line_item_usage_type, ':', 2), 'None')
  END AS kind,
  split_part(line_item_resource_id, '/', 2) AS cluster,
  sum(line_item_usage_amount) AS amount,
  sum(line_item_unblended_cost) AS cost
FROM cur
WHERE line_item_product_code = 'AmazonEKS' OR line_item_operation = 'EKSPod-EC2'
GROUP BY 1, 2, 3, 4
ORDER BY 2, cost DESC, 1, 3, 4
LIMIT 50
