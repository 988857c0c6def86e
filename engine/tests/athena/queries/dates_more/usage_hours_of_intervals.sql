SELECT date_diff('hour', from_iso8601_timestamp(split_part(identity_time_interval, '/', 1)), from_iso8601_timestamp(split_part(identity_time_interval, '/', 2))) AS hours,
  COUNT(*) AS n, MIN(to_unixtime(line_item_usage_start_date)) AS first_second
FROM cur GROUP BY 1 ORDER BY 1
