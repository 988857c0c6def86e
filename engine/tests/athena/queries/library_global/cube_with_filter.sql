SELECT * FROM (
  SELECT line_item_line_item_type, bill_billing_period_start_date, sum(line_item_unblended_cost) c, grouping(line_item_line_item_type) g1, grouping(bill_billing_period_start_date) g2
  FROM cur GROUP BY CUBE (line_item_line_item_type, bill_billing_period_start_date))
WHERE g1 + g2 >= 1
ORDER BY 1 NULLS FIRST, 2
