SELECT DISTINCT
  bill_billing_period_start_date "billing_period"
, date_trunc('month', line_item_usage_start_date) "usage_date"
, bill_payer_account_id "payer_account_id"
, line_item_usage_account_id "linked_account_id"
, (CASE
    WHEN (line_item_line_item_type = 'SavingsPlanCoveredUsage') THEN 'SavingsPlan'
    WHEN (line_item_line_item_type = 'DiscountedUsage') THEN 'Reserved'
    WHEN (line_item_usage_type LIKE '%Spot%') THEN 'Spot'
    ELSE 'OnDemand' END) "purchase_option"
, (CASE
    WHEN regexp_like(line_item_usage_type, '.?[a-z]([1-9]|[1-9][0-9]).?.?[g][a-zA-Z]?\.') AND line_item_product_code = 'AmazonEC2' THEN 'Graviton'
    WHEN regexp_like(line_item_usage_type, '.?[a-z]([1-9]|[1-9][0-9]).?.?[a][a-zA-Z]?\.') THEN 'AMD'
    WHEN line_item_product_code IN ('AmazonES','AmazonElastiCache') AND regexp_like(line_item_usage_type, '(?i)\.(r|m|c|t)[0-9]g\.') THEN 'Graviton'
    WHEN line_item_product_code IN ('AWSLambda') AND line_item_usage_type LIKE '%ARM%' THEN 'Graviton'
    ELSE 'Other' END) "adjusted_processor"
, round(sum("line_item_usage_amount"), 4) "usage_quantity"
, round(sum((CASE WHEN (line_item_line_item_type = 'SavingsPlanCoveredUsage') THEN savings_plan_savings_plan_effective_cost WHEN (line_item_line_item_type = 'DiscountedUsage') THEN reservation_effective_cost ELSE line_item_unblended_cost END)), 4) "amortized_cost"
FROM cur
WHERE ((bill_billing_period_start_date >= ("date_trunc"('month', timestamp '2026-10-01 00:00:00') - INTERVAL  '2' MONTH)) AND line_item_product_code IN ('AmazonEC2', 'AWSLambda', 'AmazonRDS', 'AmazonElastiCache') AND line_item_line_item_type IN ('Usage', 'SavingsPlanCoveredUsage', 'DiscountedUsage') AND (line_item_operation LIKE '%RunInstances%' OR line_item_operation LIKE '%DBInstance%' OR line_item_operation = 'Invoke'))
GROUP BY 1, 2, 3, 4, 5, 6
ORDER BY 1, 2, 4, 5, 6
