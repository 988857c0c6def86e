SELECT
  "date_trunc"('month', "bill_billing_period_start_date") AS billing_month,
  "count"(DISTINCT "line_item_usage_account_id") AS accounts,
  "sum"("line_item_unblended_cost") AS cost
FROM "cur"
WHERE (("bill_billing_period_start_date" >= ("date_trunc"('month', current_timestamp) - INTERVAL '1200' MONTH))
  AND (CAST("concat"("year", '-', "month", '-01') AS varchar) <> '')
  AND ("line_item_usage_start_date" < (current_timestamp + INTERVAL '36500' DAY)))
GROUP BY 1
ORDER BY 1
