SELECT
  month,
  sum(if(regexp_like(line_item_usage_type, ':[a-z]+[0-9]+g[a-z]*\.'), line_item_usage_amount, 0)) AS graviton_hours,
  sum(if(NOT regexp_like(line_item_usage_type, ':[a-z]+[0-9]+g[a-z]*\.'), line_item_usage_amount, 0)) AS other_hours,
  100 * sum(CASE WHEN regexp_like(line_item_usage_type, ':[a-z]+[0-9]+g[a-z]*\.') THEN CAST(line_item_usage_amount AS double) ELSE 0E0 END)
    / sum(CAST(line_item_usage_amount AS double)) AS graviton_percent
FROM "cur"
WHERE line_item_usage_type LIKE '%BoxUsage:%'
  AND line_item_line_item_type IN ('Usage', 'SavingsPlanCoveredUsage', 'DiscountedUsage')
GROUP BY month
ORDER BY month
