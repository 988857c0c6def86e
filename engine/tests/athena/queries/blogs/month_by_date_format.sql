-- rows: any order
SELECT count(*) AS lines, min(bill_billing_period_start_date) AS first
FROM cur
WHERE year = date_format(date '2026-10-15', '%Y') AND month = date_format(date '2026-10-15', '%c')
  AND date_parse(concat(year, '-', month, '-01'), '%Y-%c-%d') = timestamp '2026-10-01 00:00:00'
