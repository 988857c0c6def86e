-- rows: any order
SELECT count(*) > 0 AS some, min(line_item_usage_start_date) AS first_start, max(line_item_usage_end_date) AS last_end
FROM cur
WHERE line_item_usage_start_date < date_add('year', 100, current_timestamp)
  AND line_item_usage_start_date >= date_trunc('month', current_date - interval '1200' month)
  AND bill_billing_period_start_date >= date_trunc('year', date '2026-03-05')
