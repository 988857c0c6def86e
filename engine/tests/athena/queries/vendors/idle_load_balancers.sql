SELECT line_item_resource_id, split_part(line_item_resource_id, ':', 4) AS region,
  element_at(split(line_item_resource_id, '/'), 2) AS kind, element_at(split(line_item_resource_id, '/'), -1) AS id,
  SUM(IF(line_item_usage_type LIKE '%LoadBalancerUsage', line_item_usage_amount, 0)) AS hours,
  SUM(IF(line_item_usage_type LIKE '%LCUUsage', line_item_usage_amount, 0)) AS lcus
FROM cur
WHERE line_item_resource_id LIKE 'arn:aws:elasticloadbalancing:%'
GROUP BY 1
HAVING SUM(IF(line_item_usage_type LIKE '%LoadBalancerUsage', line_item_usage_amount, 0)) > 0
ORDER BY 1
