CREATE OR REPLACE VIEW eks_pods AS
SELECT
  line_item_usage_start_date AS usage_hour,
  split_line_item_parent_resource_id,
  element_at(split(line_item_resource_id, '/'), 2) AS cluster_name,
  element_at(split(line_item_resource_id, '/'), 3) AS namespace,
  CASE WHEN line_item_usage_type LIKE '%vCPU%' THEN 'cpu' WHEN line_item_usage_type LIKE '%GB%' THEN 'memory' ELSE 'other' END AS resource_kind,
  line_item_usage_type,
  coalesce(split_line_item_split_cost, 0) AS split_cost,
  coalesce(split_line_item_unused_cost, 0) AS unused_cost
FROM cur
WHERE line_item_operation = 'EKSPod-EC2';

CREATE OR REPLACE VIEW eks_namespaces AS
SELECT date_trunc('day', usage_hour) AS usage_day, cluster_name, namespace, resource_kind,
  sum(split_cost) AS split_cost, sum(unused_cost) AS unused_cost, count(*) AS pods
FROM eks_pods
GROUP BY 1, 2, 3, 4;

SELECT namespace, resource_kind, sum(split_cost) AS split_cost, sum(unused_cost) AS unused_cost,
  sum(unused_cost) / nullif(sum(split_cost) + sum(unused_cost), 0) AS idle_share, max(pods) AS most_pods
FROM eks_namespaces
GROUP BY namespace, resource_kind
ORDER BY split_cost DESC, namespace, resource_kind;
