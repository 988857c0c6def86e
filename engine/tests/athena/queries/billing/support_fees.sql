SELECT
  bill_billing_period_start_date,
  line_item_usage_account_id,
  line_item_product_code,
  line_item_line_item_type,
  line_item_line_item_description,
  line_item_resource_id,
  sum(line_item_unblended_cost) AS cost
FROM cur
WHERE line_item_product_code LIKE '%Support%' AND line_item_line_item_type = 'Fee'
  AND bill_billing_period_start_date >= date '2026-09-01'
GROUP BY 1, 2, 3, 4, 5, 6
ORDER BY 1, cost DESC, 2
