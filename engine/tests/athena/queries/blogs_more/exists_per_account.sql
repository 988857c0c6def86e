SELECT DISTINCT c.line_item_usage_account_id,
  EXISTS (SELECT 1 FROM cur r WHERE r.line_item_usage_account_id = c.line_item_usage_account_id AND r.line_item_line_item_type = 'RIFee') AS buys_reservations,
  (SELECT max(x.line_item_usage_start_date) FROM cur x WHERE x.line_item_usage_account_id = c.line_item_usage_account_id AND x.line_item_product_code = 'AmazonRDS') AS last_rds
FROM cur c
ORDER BY 1
