SELECT
  resource_tags_aws_eks_cluster_name AS cluster,
  resource_tags_aws_eks_namespace AS namespace,
  resource_tags_aws_eks_workload_name AS workload,
  SUM(split_line_item_split_cost + split_line_item_unused_cost) AS cost
FROM cur
WHERE line_item_usage_type LIKE '%EKS-EC2%' AND (resource_tags_aws_eks_namespace <> 'kube-system' OR resource_tags_aws_eks_namespace IS NULL)
GROUP BY 1, 2, 3
ORDER BY 4 DESC
