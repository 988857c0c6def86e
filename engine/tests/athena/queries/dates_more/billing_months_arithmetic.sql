SELECT DISTINCT year, month,
  date_parse(concat(year, '-', lpad(month, 2, '0'), '-01'), '%Y-%m-%d') AS month_start,
  CAST(CAST(concat(year, '-', lpad(month, 2, '0'), '-01') AS date) + INTERVAL '1' MONTH - INTERVAL '1' DAY AS date) AS month_end,
  date_diff('day', bill_billing_period_start_date, bill_billing_period_end_date) AS days,
  day(last_day_of_month(bill_billing_period_start_date)) AS days_again,
  quarter(bill_billing_period_start_date) AS q, week(bill_billing_period_start_date) AS w, day_of_year(bill_billing_period_start_date) AS doy
FROM cur ORDER BY CAST(month AS integer)
