CREATE OR REPLACE VIEW scad_eks AS
SELECT
  bill_billing_period_start_date
, line_item_usage_start_date usage_hour
, split_part(line_item_resource_id, '/', 2) cluster_name
, element_at(split(line_item_resource_id, '/'), -1) pod_uid
, coalesce(resource_tags['user_team'], 'No tag: team') team
, (CASE WHEN ("strpos"("line_item_usage_type", 'vCPU') > 0) THEN 'CPU' ELSE 'RAM' END) resource_kind
, sum(split_line_item_split_cost) split_cost
, sum(split_line_item_unused_cost) unused_cost
, sum(coalesce(split_line_item_public_on_demand_split_cost, 0) + coalesce(split_line_item_public_on_demand_unused_cost, 0)) public_cost
FROM cur2
WHERE line_item_usage_type LIKE '%EKS-EC2%'
GROUP BY 1, 2, 3, 4, 5, 6;
SELECT cluster_name, resource_kind, team, count(DISTINCT pod_uid) pods, sum(split_cost) used, sum(unused_cost) unused, sum(split_cost) / NULLIF(sum(split_cost + unused_cost), 0) efficiency
FROM scad_eks
GROUP BY GROUPING SETS ((cluster_name, resource_kind, team), (cluster_name, resource_kind), (cluster_name))
ORDER BY 1, 2, 3
