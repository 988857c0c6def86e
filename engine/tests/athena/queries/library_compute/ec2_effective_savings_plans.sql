SELECT
  bill_payer_account_id,
  bill_billing_period_start_date,
  line_item_usage_account_id,
  DATE_FORMAT((line_item_usage_start_date),'%Y-%m-%d') AS day_line_item_usage_start_date,
  CASE
    WHEN line_item_usage_type LIKE '%DataXfer%' THEN 'Data Transfer'
    ELSE product_product_family
  END AS product_family,
  savings_plan_offering_type,
  product_region,
  COALESCE(NULLIF(pricing_term,''),'OnDemand') AS pricing_term,
  (CASE WHEN (bill_billing_entity = 'AWS Marketplace' AND line_item_line_item_type NOT LIKE '%Discount%') THEN product_product_name
       WHEN (product_servicecode = '') THEN line_item_product_code
       ELSE product_servicecode END) AS servicecode,
  SUM (CASE
    WHEN (line_item_line_item_type = 'SavingsPlanCoveredUsage') THEN savings_plan_savings_plan_effective_cost
    WHEN (line_item_line_item_type = 'DiscountedUsage') THEN reservation_effective_cost
    WHEN (line_item_line_item_type = 'RIFee') THEN (reservation_unused_amortized_upfront_fee_for_billing_period + reservation_unused_recurring_fee)
    WHEN ((line_item_line_item_type = 'Fee') AND (reservation_reservation_a_r_n <> '')) THEN 0
    WHEN (line_item_line_item_type = 'SavingsPlanRecurringFee') THEN (savings_plan_total_commitment_to_date - savings_plan_used_commitment)
    WHEN (line_item_line_item_type = 'SavingsPlanNegation') THEN 0
    WHEN (line_item_line_item_type = 'SavingsPlanUpfrontFee') THEN 0
    ELSE line_item_unblended_cost END) AS sum_amortized_cost,
  SUM(pricing_public_on_demand_cost) AS sum_ondemand,
  SUM(pricing_public_on_demand_cost) - SUM(CASE WHEN line_item_line_item_type = 'SavingsPlanCoveredUsage' THEN savings_plan_savings_plan_effective_cost ELSE 0 END) AS savings
FROM cur
WHERE line_item_usage_start_date BETWEEN CAST('2026-09-01' AS TIMESTAMP) AND CAST('2026-10-31 23:59:59' AS TIMESTAMP)
  AND line_item_product_code LIKE '%EC2%'
GROUP BY 1, 2, 3, DATE_FORMAT((line_item_usage_start_date),'%Y-%m-%d'), 5, savings_plan_offering_type, product_region, 8, 9
ORDER BY sum_amortized_cost DESC, sum_ondemand, day_line_item_usage_start_date, line_item_usage_account_id, product_family, servicecode, product_region, savings_plan_offering_type
LIMIT 40;
