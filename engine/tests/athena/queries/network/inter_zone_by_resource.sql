SELECT
  line_item_resource_id,
  line_item_availability_zone,
  sum(line_item_usage_amount) AS gb,
  sum(line_item_unblended_cost) AS cost,
  sum(sum(line_item_unblended_cost)) OVER () AS all_cost
FROM cur
WHERE line_item_usage_type LIKE '%Regional-Bytes' AND line_item_operation LIKE 'InterZone%'
GROUP BY line_item_resource_id, line_item_availability_zone
ORDER BY cost DESC, line_item_resource_id, line_item_availability_zone
LIMIT 15
