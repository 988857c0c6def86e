SELECT resource_tags_aws_ecs_cluster_name, resource_tags_aws_ecs_service_name, line_item_operation,
  SUM(split_line_item_split_usage) AS used, SUM(split_line_item_reserved_usage) AS reserved
FROM cur
WHERE line_item_operation LIKE 'ECSTask%' OR line_item_operation LIKE 'EKSPod%'
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
