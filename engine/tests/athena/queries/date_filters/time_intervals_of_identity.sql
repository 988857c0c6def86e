SELECT
  split_part(identity_time_interval, '/', 1) AS starts,
  split_part(identity_time_interval, '/', 2) AS ends,
  date_diff('hour', from_iso8601_timestamp(split_part(identity_time_interval, '/', 1)), from_iso8601_timestamp(split_part(identity_time_interval, '/', 2))) AS hours,
  count(*) AS n
FROM cur
WHERE split_part(identity_time_interval, '/', 1) LIKE '2026-10-0%'
GROUP BY 1, 2, 3
ORDER BY 1, 2
