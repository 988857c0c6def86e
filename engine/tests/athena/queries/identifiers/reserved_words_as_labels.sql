SELECT year AS "year", month AS "month", count(*) AS "count", sum(line_item_unblended_cost) AS "sum", max(line_item_usage_end_date) AS "date", min(line_item_product_code) AS "group", 'x' AS "order"
FROM cur
GROUP BY "year", "month"
ORDER BY "year", "month"
