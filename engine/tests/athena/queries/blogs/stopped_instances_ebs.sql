SELECT v.line_item_usage_account_id, v.volumes, i.instances, v.cost
FROM (SELECT line_item_usage_account_id, count(DISTINCT line_item_resource_id) volumes, sum(line_item_unblended_cost) cost FROM cur WHERE line_item_usage_type LIKE '%EBS:VolumeUsage%' GROUP BY 1) v
LEFT JOIN (SELECT line_item_usage_account_id, count(DISTINCT line_item_resource_id) instances FROM cur WHERE line_item_usage_type LIKE '%BoxUsage%' GROUP BY 1) i
  ON v.line_item_usage_account_id = i.line_item_usage_account_id
WHERE coalesce(i.instances, 0) <= v.volumes OR i.instances IS NULL
ORDER BY 4 DESC, 1
