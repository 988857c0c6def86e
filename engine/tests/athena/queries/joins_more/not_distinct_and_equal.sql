WITH a (x, y) AS (VALUES (1, CAST(NULL AS integer)), (2, 2), (CAST(NULL AS integer), 3)), b (x, y) AS (VALUES (1, CAST(NULL AS integer)), (2, 2), (CAST(NULL AS integer), 3))
SELECT a.x, b.y
FROM a
JOIN b ON a.x IS NOT DISTINCT FROM b.x
WHERE a.y = b.y
ORDER BY 2
