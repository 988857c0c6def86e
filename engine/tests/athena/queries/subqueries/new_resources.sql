WITH september AS (
  SELECT DISTINCT line_item_resource_id AS id FROM cur WHERE year = '2026' AND month = '9' AND line_item_resource_id IS NOT NULL
), october AS (
  SELECT line_item_resource_id AS id, sum(line_item_unblended_cost) AS cost
  FROM cur
  WHERE year = '2026' AND month = '10' AND line_item_resource_id IS NOT NULL
  GROUP BY 1
)
SELECT o.id, o.cost
FROM october o
LEFT JOIN september s ON s.id = o.id
WHERE s.id IS NULL AND o.cost > 0.001
ORDER BY o.cost DESC, o.id
LIMIT 30
