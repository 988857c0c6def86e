SELECT
  COALESCE(NULLIF(product_product_name, ''), line_item_line_item_description) AS product,
  line_item_legal_entity AS seller,
  UPPER(SUBSTRING(line_item_legal_entity FROM 1 FOR 3)) AS short,
  bill_invoicing_entity,
  MIN(line_item_usage_start_date) AS first_charge,
  MAX(line_item_usage_end_date) AS last_charge,
  SUM(line_item_unblended_cost) AS cost
FROM cur
WHERE bill_billing_entity = 'AWS Marketplace' AND line_item_line_item_type NOT IN ('Tax')
GROUP BY 1, 2, 3, 4
ORDER BY cost DESC, product
