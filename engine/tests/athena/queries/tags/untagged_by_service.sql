SELECT
  line_item_product_code,
  sum(CASE WHEN resource_tags_user_team IS NULL THEN line_item_unblended_cost ELSE 0 END) AS untagged,
  sum(CASE WHEN resource_tags_user_team IS NOT NULL THEN line_item_unblended_cost ELSE 0 END) AS tagged,
  round(100 * CAST(sum(CASE WHEN resource_tags_user_team IS NULL THEN line_item_unblended_cost ELSE 0 END) AS double)
    / nullif(CAST(sum(line_item_unblended_cost) AS double), 0), 4) AS untagged_percent,
  count_if(resource_tags_user_team IS NULL) AS untagged_items
FROM cur
WHERE line_item_line_item_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage')
GROUP BY line_item_product_code
ORDER BY untagged DESC, line_item_product_code
