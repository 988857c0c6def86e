SELECT DISTINCT line_item_line_item_type, bill_bill_type, pricing_term, line_item_tax_type IS NULL AS untaxed
FROM cur
ORDER BY 1, 2, 3, 4
