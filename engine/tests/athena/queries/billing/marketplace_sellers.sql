SELECT
  bill_billing_entity,
  bill_invoicing_entity,
  product_product_name,
  line_item_line_item_type,
  sum(line_item_unblended_cost) AS cost,
  sum(sum(line_item_unblended_cost)) OVER (PARTITION BY product_product_name) AS product_total
FROM cur
WHERE bill_billing_entity = 'AWS Marketplace' OR bill_billing_entity LIKE '%Marketplace%'
GROUP BY 1, 2, 3, 4
ORDER BY cost DESC, line_item_line_item_type
