SELECT CAST(cal.d AS date) AS d, coalesce(sum(c.line_item_unblended_cost), 0) AS cost, count(c.line_item_product_code) AS lines
FROM UNNEST(sequence(date '2026-09-29', date '2026-10-03', interval '1' day)) AS cal (d)
LEFT JOIN cur c ON date(c.line_item_usage_start_date) = cal.d AND c.line_item_line_item_type = 'Usage'
GROUP BY cal.d ORDER BY cal.d
