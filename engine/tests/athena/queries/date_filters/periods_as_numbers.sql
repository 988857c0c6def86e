SELECT CAST(year AS integer) * 100 + CAST(month AS integer) AS period, sum(line_item_unblended_cost) AS cost
FROM cur
WHERE CAST(year AS integer) = 2026 AND CAST(month AS integer) >= 9
GROUP BY 1
ORDER BY 1 DESC
