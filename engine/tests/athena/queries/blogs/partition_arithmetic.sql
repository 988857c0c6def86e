SELECT year, month, count(*) AS lines
FROM cur
WHERE (CAST(year AS integer) * 12 + CAST(month AS integer)) BETWEEN (2026 * 12 + 9) AND (2026 * 12 + 10)
  AND ((year = '2026' AND CAST(month AS int) >= 9) OR (year > '2026'))
  AND cast(date_parse(year || '-' || lpad(month, 2, '0') || '-01', '%Y-%m-%d') AS date) <= date '2026-10-01'
GROUP BY 1, 2
ORDER BY CAST(year AS int), CAST(month AS int) DESC
