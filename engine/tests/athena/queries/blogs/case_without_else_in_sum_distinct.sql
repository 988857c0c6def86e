SELECT bill_billing_period_start_date, sum(DISTINCT CASE WHEN line_item_line_item_type = 'Fee' THEN line_item_unblended_cost END) AS fees, count(DISTINCT CASE WHEN line_item_unblended_cost > 1 THEN line_item_resource_id END) AS costly, count(DISTINCT line_item_usage_account_id || line_item_product_code) AS pairs
FROM cur GROUP BY bill_billing_period_start_date ORDER BY 1
