SELECT k, count(DISTINCT v) AS tag_values, sum(billedcost) AS billed
FROM focus
CROSS JOIN UNNEST(tags) AS t (k, v)
GROUP BY k
ORDER BY k
