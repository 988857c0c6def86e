SELECT date_format(from_iso8601_timestamp(reservation_start_time), '%d.%m.%Y %H:%i') AS bought, CAST(date(from_iso8601_timestamp(reservation_end_time)) AS varchar) AS ends,
  date_diff('month', from_iso8601_timestamp(reservation_start_time), from_iso8601_timestamp(reservation_end_time)) AS months,
  array_agg(DISTINCT reservation_subscription_id ORDER BY reservation_subscription_id) AS subscriptions
FROM cur
WHERE reservation_start_time <> ''
GROUP BY 1, 2, 3
ORDER BY 1
