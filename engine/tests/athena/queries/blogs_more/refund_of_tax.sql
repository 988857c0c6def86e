SELECT bill_bill_type, bill_invoicing_entity, line_item_tax_type, line_item_legal_entity,
  SUM(line_item_unblended_cost) AS amount, MIN(line_item_usage_start_date) AS "from", MAX(line_item_usage_end_date) AS "to"
FROM cur
WHERE line_item_line_item_type IN ('Tax', 'Refund', 'Credit')
GROUP BY 1, 2, 3, 4
HAVING SUM(line_item_unblended_cost) <> 0
ORDER BY amount DESC
