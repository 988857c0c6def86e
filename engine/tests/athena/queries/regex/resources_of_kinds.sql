SELECT
  CASE
    WHEN regexp_like(line_item_resource_id, '^i-[0-9a-f]{17}$') THEN 'instance'
    WHEN regexp_like(line_item_resource_id, '^vol-') THEN 'volume'
    WHEN regexp_like(line_item_resource_id, '^arn:aws:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:') THEN 'arn'
    WHEN line_item_resource_id IS NULL THEN 'none'
    ELSE 'name'
  END AS kind,
  count(*) AS items,
  min(line_item_resource_id) AS example
FROM cur
GROUP BY 1
ORDER BY 1
