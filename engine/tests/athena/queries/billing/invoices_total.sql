SELECT bill_invoice_id, bill_bill_type, date_format(bill_billing_period_start_date, '%b %Y') AS period,
  sum(line_item_unblended_cost) AS total,
  sum(CASE WHEN line_item_line_item_type = 'Tax' THEN line_item_unblended_cost ELSE 0 END) AS of_which_tax
FROM cur
WHERE bill_bill_type IN ('Anniversary', 'Purchase', 'Refund')
GROUP BY bill_invoice_id, bill_bill_type, bill_billing_period_start_date
ORDER BY bill_billing_period_start_date, bill_bill_type, bill_invoice_id
