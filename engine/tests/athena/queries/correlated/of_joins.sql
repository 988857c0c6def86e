WITH plans (team, start, rate) AS (
  VALUES ('a', 1, 10), ('a', 3, 30), ('b', 2, 20), ('c', CAST(NULL AS integer), 40), (CAST(NULL AS varchar), 4, 50)
), months (team, month, budget) AS (
  VALUES ('a', 1, 100), ('a', 2, 25), ('a', 3, 35), ('b', 1, 60), ('b', 3, CAST(NULL AS integer)), ('c', 5, 45), (CAST(NULL AS varchar), 6, 5)
)
SELECT team, month,
  (SELECT sum(p.rate) FROM plans p LEFT JOIN months o ON o.team = p.team AND o.budget > m.budget WHERE p.start <= m.month) AS rates,
  (SELECT count(o.month) FROM plans p LEFT JOIN months o ON o.team = p.team AND o.budget > m.budget) AS months,
  (SELECT sum(t.rate) FROM months o FULL JOIN (SELECT * FROM plans p WHERE p.start <= m.month) t ON t.team = o.team) AS all_rates
FROM months m
ORDER BY team, month
