SELECT
  split_line_item_parent_resource_id AS instance,
  line_item_resource_id AS pod,
  sum(split_line_item_split_cost) AS split_cost,
  sum(split_line_item_unused_cost) AS unused_cost,
  sum(split_line_item_split_cost) + sum(split_line_item_unused_cost) AS total,
  max(split_line_item_split_usage_ratio) AS greatest_share,
  sum(split_line_item_split_usage) AS usage
FROM cur
WHERE split_line_item_parent_resource_id IS NOT NULL
  AND line_item_operation = 'EKSPod-EC2'
GROUP BY 1, 2
ORDER BY total DESC, pod
