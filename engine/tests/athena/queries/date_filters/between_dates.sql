SELECT line_item_usage_start_date, count(*) AS n
FROM cur
WHERE line_item_usage_start_date BETWEEN date '2026-10-01' AND date '2026-10-05'
  AND line_item_line_item_type = 'Usage'
GROUP BY line_item_usage_start_date
ORDER BY line_item_usage_start_date
