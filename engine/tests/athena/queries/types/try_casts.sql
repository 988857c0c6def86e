-- answer: by hand
SELECT
  v,
  try_cast(v AS integer) AS i,
  try_cast(v AS double) AS d,
  try_cast(v AS decimal(10, 2)) AS dec,
  try_cast(v AS boolean) AS b,
  try_cast(v AS date) AS dt,
  try(CAST(v AS bigint)) AS tried
FROM (VALUES '1', '2.345', 'true', '2026-10-05', 'x', NULL) AS t (v)
ORDER BY v
