SELECT date(d.day) AS day, coalesce(sum(c.line_item_unblended_cost), 0) AS cost, count(c.line_item_unblended_cost) AS items
FROM UNNEST(sequence(date '2026-10-01', date '2026-10-10', interval '1' day)) AS d (day)
LEFT JOIN cur c ON date(c.line_item_usage_start_date) = d.day AND c.line_item_product_code = 'AmazonEC2'
GROUP BY d.day
ORDER BY d.day
