SELECT COALESCE(resource_tags['aws_eks_namespace'], element_at(resource_tags, 'user_team'), 'none') AS namespace,
  SUM(split_line_item_split_cost) AS split, SUM(split_line_item_unused_cost) AS unused
FROM cur2
WHERE split_line_item_parent_resource_id <> ''
GROUP BY 1
ORDER BY 1
