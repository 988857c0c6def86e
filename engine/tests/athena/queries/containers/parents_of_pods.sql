WITH pods AS (
  SELECT split_line_item_parent_resource_id AS parent, line_item_usage_start_date AS hour, sum(split_line_item_split_cost) AS pod_cost, count(*) AS pods
  FROM cur
  WHERE split_line_item_parent_resource_id IS NOT NULL
  GROUP BY 1, 2
), instances AS (
  SELECT line_item_resource_id AS instance, line_item_usage_start_date AS hour, sum(line_item_unblended_cost) AS instance_cost
  FROM cur
  WHERE line_item_usage_type LIKE '%BoxUsage%'
  GROUP BY 1, 2
)
SELECT p.parent, date_format(p.hour, '%Y-%m-%d %H:%i') AS hour, p.pods, p.pod_cost, i.instance_cost
FROM pods p
LEFT JOIN instances i ON i.instance = p.parent AND i.hour = p.hour
ORDER BY 1, 2
