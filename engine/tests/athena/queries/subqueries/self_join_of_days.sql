SELECT a.d AS day, a.cost AS cost, b.cost AS week_before
FROM (SELECT date(line_item_usage_start_date) AS d, sum(line_item_unblended_cost) AS cost FROM cur GROUP BY 1) a
LEFT JOIN (SELECT date(line_item_usage_start_date) AS d, sum(line_item_unblended_cost) AS cost FROM cur GROUP BY 1) b
  ON date_diff('day', b.d, a.d) = 7
WHERE a.d BETWEEN date '2026-10-01' AND date '2026-10-31'
ORDER BY a.d
