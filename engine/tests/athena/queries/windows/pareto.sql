WITH costs AS (
  SELECT line_item_resource_id AS resource, sum(line_item_unblended_cost) AS cost
  FROM cur
  WHERE line_item_resource_id IS NOT NULL
  GROUP BY 1
  HAVING sum(line_item_unblended_cost) > 1
), shares AS (
  SELECT resource, cost,
    CAST(sum(cost) OVER (ORDER BY cost DESC, resource) AS double) / CAST(sum(cost) OVER () AS double) AS running_share
  FROM costs
)
SELECT resource, cost, round(running_share, 6) AS running_share,
  CASE WHEN running_share <= 0.8 THEN 'A' WHEN running_share <= 0.95 THEN 'B' ELSE 'C' END AS class
FROM shares
ORDER BY cost DESC, resource
