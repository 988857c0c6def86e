SELECT
  bill_invoice_id,
  line_item_tax_type,
  line_item_legal_entity,
  product_product_name,
  coalesce(bill_invoicing_entity, line_item_legal_entity, 'unknown') AS seller,
  sum(line_item_unblended_cost) AS tax
FROM cur
WHERE line_item_line_item_type = 'Tax'
GROUP BY bill_invoice_id, line_item_tax_type, line_item_legal_entity, product_product_name, coalesce(bill_invoicing_entity, line_item_legal_entity, 'unknown')
ORDER BY tax DESC, product_product_name, 1, 2, 3
