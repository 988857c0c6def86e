SELECT Tags['team'] AS team, element_at(tags, 'cost-center') AS cost_center, cardinality(tags) AS n, sum(effectivecost) AS cost
FROM focus
WHERE tags IS NOT NULL
GROUP BY 1, 2, 3
ORDER BY cost DESC, 1, 2, 3
LIMIT 30
