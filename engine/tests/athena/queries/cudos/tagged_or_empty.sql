SELECT
  (CASE WHEN resource_tags_user_team = '' OR resource_tags_user_team IS NULL THEN 'untagged' ELSE 'tagged' END) AS state,
  COUNT(DISTINCT line_item_resource_id) AS resources,
  ROUND(SUM(line_item_unblended_cost), 4) AS cost
FROM cur
WHERE line_item_line_item_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage')
  AND line_item_resource_id != ''
GROUP BY 1
ORDER BY 1
