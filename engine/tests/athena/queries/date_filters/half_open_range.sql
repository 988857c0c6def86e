SELECT
  date(line_item_usage_start_date) AS usage_date,
  sum(line_item_unblended_cost) AS cost
FROM cur
WHERE line_item_usage_start_date >= timestamp '2026-09-25 00:00:00'
  AND line_item_usage_start_date < timestamp '2026-10-06 00:00:00.000'
GROUP BY 1
ORDER BY 1
