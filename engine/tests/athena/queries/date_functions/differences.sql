SELECT DISTINCT
  date_diff('day', bill_billing_period_start_date, line_item_usage_start_date) AS days_in,
  date_diff('hour', line_item_usage_start_date, bill_billing_period_end_date) AS hours_left,
  date_diff('week', bill_billing_period_start_date, line_item_usage_start_date) AS whole_weeks,
  date_diff('month', timestamp '2026-01-31 00:00:00', line_item_usage_start_date) AS whole_months,
  date_diff('minute', line_item_usage_end_date, line_item_usage_start_date) AS negative_minutes,
  date_diff('day', bill_billing_period_start_date, bill_billing_period_end_date) AS days_of_period
FROM cur
WHERE line_item_line_item_type = 'DiscountedUsage'
ORDER BY days_in, hours_left
