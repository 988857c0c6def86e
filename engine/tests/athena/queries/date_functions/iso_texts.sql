SELECT
  label,
  from_iso8601_timestamp(t) AS instant,
  to_unixtime(from_iso8601_timestamp(t)) AS seconds
FROM (VALUES ('zulu', '2026-10-05T10:11:12Z'), ('offset', '2026-10-05T10:11:12+02:00'), ('millis', '2026-10-05T10:11:12.250Z'), ('day', '2026-10-05T00:00:00Z')) AS v (label, t)
ORDER BY label
