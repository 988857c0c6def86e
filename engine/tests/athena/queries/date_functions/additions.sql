SELECT DISTINCT
  bill_billing_period_start_date AS s,
  date_add('month', 1, bill_billing_period_start_date) AS next_month,
  date_add('day', -1, date_add('month', 1, bill_billing_period_start_date)) AS last_day,
  date_add('hour', 36, bill_billing_period_start_date) AS later,
  bill_billing_period_start_date + interval '2' day AS two_days,
  bill_billing_period_end_date - interval '1' day AS day_before_end,
  last_day_of_month(bill_billing_period_start_date) AS last_of_month,
  date_add('month', 1, timestamp '2026-01-31 10:00:00') AS clamped
FROM cur
ORDER BY s
