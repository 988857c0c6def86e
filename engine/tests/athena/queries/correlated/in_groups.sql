WITH plans (team, start, rate) AS (
  VALUES ('a', 1, 10), ('a', 3, 30), ('b', 2, 20), ('c', CAST(NULL AS integer), 40), (CAST(NULL AS varchar), 4, 50)
), months (team, month, budget) AS (
  VALUES ('a', 1, 100), ('a', 2, 25), ('a', 3, 35), ('b', 1, 60), ('b', 3, CAST(NULL AS integer)), ('c', 5, 45), (CAST(NULL AS varchar), 6, 5)
)
SELECT team, month,
  m.team IN (SELECT p.team FROM plans p WHERE p.start <= m.month) AS known,
  m.team NOT IN (SELECT p.team FROM plans p WHERE p.start <= m.month GROUP BY p.team HAVING count(*) > 1) AS once
FROM months m
ORDER BY team, month
