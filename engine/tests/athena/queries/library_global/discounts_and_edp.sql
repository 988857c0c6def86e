SELECT
  CASE
    WHEN line_item_line_item_type LIKE '%Discount' THEN 'Discounts'
    WHEN line_item_line_item_type IN ('Credit', 'Refund') THEN 'Credits & Refunds'
    WHEN line_item_line_item_type = 'Tax' THEN 'Tax'
    ELSE 'Usage & Fees' END AS "Charge Group",
  format_datetime(bill_billing_period_start_date, 'yyyy-MM') "Billing Period",
  to_char(bill_billing_period_start_date, 'yyyy-mm') period_2,
  count(*) "Lines",
  count(*) FILTER (WHERE line_item_unblended_cost < 0) AS "Negative Lines",
  sum(line_item_unblended_cost) "Unblended",
  sum(COALESCE(line_item_net_unblended_cost, line_item_unblended_cost)) "Net Unblended"
FROM cur
GROUP BY 1, 2, 3
ORDER BY "Charge Group", "Billing Period"
