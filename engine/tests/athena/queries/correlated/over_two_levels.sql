WITH plans (team, start, rate) AS (
  VALUES ('a', 1, 10), ('a', 3, 30), ('b', 2, 20), ('c', CAST(NULL AS integer), 40), (CAST(NULL AS varchar), 4, 50)
), months (team, month, budget) AS (
  VALUES ('a', 1, 100), ('a', 2, 25), ('a', 3, 35), ('b', 1, 60), ('b', 3, CAST(NULL AS integer)), ('c', 5, 45), (CAST(NULL AS varchar), 6, 5)
)
SELECT team, month,
  (SELECT sum(p.rate) FROM plans p WHERE p.start <= m.month
    AND p.rate >= (SELECT min(q.rate) FROM plans q WHERE q.team = p.team AND q.start <= m.month)) AS rates
FROM months m
ORDER BY team, month
