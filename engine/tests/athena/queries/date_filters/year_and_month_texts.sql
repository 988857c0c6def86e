SELECT year, month, year || '-' || lpad(month, 2, '0') AS period, count(*) AS n, sum(line_item_unblended_cost) AS cost
FROM cur
WHERE ((year = '2026' AND month IN ('9', '09')) OR (year = '2026' AND (month = '10' OR month = '010')))
GROUP BY year, month
ORDER BY period
