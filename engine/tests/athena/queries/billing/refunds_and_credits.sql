SELECT
  bill_payer_account_id,
  line_item_usage_account_id,
  DATE_FORMAT((line_item_usage_start_date), '%Y-%m-01') AS month_line_item_usage_start_date,
  product_product_name,
  line_item_line_item_type,
  line_item_line_item_description,
  SUM(CAST(line_item_unblended_cost AS decimal(16, 8))) AS sum_line_item_unblended_cost
FROM cur
WHERE line_item_line_item_type IN ('Credit', 'Refund')
GROUP BY bill_payer_account_id, line_item_usage_account_id, 3, product_product_name, line_item_line_item_type, line_item_line_item_description
ORDER BY sum_line_item_unblended_cost, 3, 4, 5, 6, 2
