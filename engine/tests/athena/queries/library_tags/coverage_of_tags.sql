SELECT
  line_item_product_code,
  CAST(SUM(IF(resource_tags_user_team IS NOT NULL AND resource_tags_user_team <> '', line_item_unblended_cost, 0)) AS DOUBLE) AS tagged,
  SUM(CASE WHEN COALESCE(TRIM(resource_tags_user_team), '') = '' THEN line_item_unblended_cost ELSE 0 END) AS untagged,
  ROUND(CAST(COUNT_IF(resource_tags_user_team IS NOT NULL) AS DOUBLE) / COUNT(*) * 100, 2) AS pct_lines,
  array_join(array_sort(array_agg(DISTINCT lower(resource_tags_user_team)) FILTER (WHERE resource_tags_user_team IS NOT NULL)), ', ') AS teams,
  max_by(resource_tags_user_team, line_item_unblended_cost) AS dearest
FROM cur
WHERE line_item_line_item_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage') AND line_item_unblended_cost > 0
GROUP BY line_item_product_code
ORDER BY untagged DESC, 1
