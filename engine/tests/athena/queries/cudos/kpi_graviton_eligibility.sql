WITH instances (family, graviton) AS (
  VALUES ('m5', 'm6g'), ('c5', 'c6g'), ('r5', 'r6g'), ('t3', 't4g')
)
SELECT i.family, i.graviton, COUNT(DISTINCT c.line_item_resource_id) AS resources,
  SUM(c.line_item_unblended_cost) AS cost, SUM(c.line_item_unblended_cost) * 0.2E0 AS potential_savings
FROM cur c
INNER JOIN instances i ON (split_part(c.product_instance_type, '.', 1) = i.family)
WHERE c.line_item_line_item_type = 'Usage' AND c.product_operating_system = 'Linux'
GROUP BY i.family, i.graviton
ORDER BY 1
