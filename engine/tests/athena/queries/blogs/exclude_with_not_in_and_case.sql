SELECT
  CASE
    WHEN line_item_line_item_type IN ('Credit', 'Refund') THEN line_item_line_item_type
    WHEN line_item_line_item_type = 'Tax' THEN CASE WHEN line_item_tax_type = 'VAT' THEN 'VAT' WHEN line_item_tax_type IS NULL THEN 'Tax' ELSE concat('Tax (', line_item_tax_type, ')') END
    ELSE CASE WHEN line_item_unblended_cost = 0 THEN CASE WHEN line_item_usage_amount > 0 THEN 'Free' ELSE 'Nothing' END ELSE 'Charged' END
  END AS kind,
  count(*) AS lines,
  sum(line_item_unblended_cost) AS cost,
  avg(nullif(line_item_unblended_cost, 0)) AS mean
FROM cur
WHERE NOT (line_item_product_code IN ('AmazonRegistrar') OR line_item_product_code LIKE 'OCB%')
GROUP BY 1
ORDER BY kind
