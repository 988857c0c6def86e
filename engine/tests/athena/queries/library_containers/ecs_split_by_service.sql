WITH
usage_split AS (
  SELECT
    split_line_item_parent_resource_id,
    line_item_resource_id,
    SPLIT_PART(SPLIT_PART(line_item_resource_id,':',6),'/',2) AS cluster,
    COALESCE(resource_tags_user_team, 'untagged') AS team,
    bill_billing_period_start_date,
    SUM(split_line_item_split_usage) AS usage,
    SUM(split_line_item_split_cost) AS split_cost,
    SUM(split_line_item_unused_cost) AS unused_cost,
    SUM(split_line_item_split_cost + split_line_item_unused_cost) AS total
  FROM cur
  WHERE split_line_item_parent_resource_id <> '' AND (split_line_item_split_cost > 0 OR split_line_item_unused_cost <> 0)
  GROUP BY 1, 2, 3, 4, 5
)
SELECT cluster, team, bill_billing_period_start_date, SUM(usage) usage, SUM(split_cost) split_cost, SUM(unused_cost) unused_cost, SUM(total) total,
  ROUND(SUM(unused_cost) / NULLIF(SUM(SUM(total)) OVER (PARTITION BY cluster, bill_billing_period_start_date), 0), 6) waste_share
FROM usage_split
GROUP BY cluster, team, bill_billing_period_start_date
ORDER BY total DESC, 1, 2, 3
