SELECT
  t,
  try(date_parse(t, '%Y-%m-%d')) AS day,
  try_cast(t AS date) AS as_date
FROM (VALUES '2026-10-05', '2026-02-29', 'yesterday', '2026-12-31') AS v (t)
ORDER BY t
