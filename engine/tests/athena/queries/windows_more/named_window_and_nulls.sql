SELECT line_item_usage_account_id, month, cost,
  LAST_VALUE(NULLIF(cost, 0)) IGNORE NULLS OVER w AS last_cost,
  NTILE(3) OVER (ORDER BY cost DESC, line_item_usage_account_id, month) AS third,
  ROUND(PERCENT_RANK() OVER (ORDER BY cost, line_item_usage_account_id, month), 4) AS pct,
  ROUND(CUME_DIST() OVER (PARTITION BY month ORDER BY cost, line_item_usage_account_id), 4) AS cume
FROM (SELECT line_item_usage_account_id, month, SUM(line_item_unblended_cost) AS cost FROM cur GROUP BY 1, 2) t
WINDOW w AS (PARTITION BY line_item_usage_account_id ORDER BY CAST(month AS integer) ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
ORDER BY 1, 2
