SELECT
  CASE
    WHEN line_item_resource_id LIKE 'eipalloc-%' THEN 'elastic'
    WHEN line_item_resource_id LIKE '%:network-interface/%' THEN 'network interface'
    WHEN line_item_resource_id IS NULL THEN 'unknown'
    ELSE 'other'
  END AS attached_to,
  COALESCE(line_item_operation, 'none') AS operation,
  COUNT(1) AS line_items,
  COUNT(*) AS again,
  SUM(line_item_unblended_cost) AS cost
FROM cur
WHERE line_item_usage_type LIKE '%PublicIPv4%'
GROUP BY 1, 2
ORDER BY 1, 2
