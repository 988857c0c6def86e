CREATE OR REPLACE VIEW hourly_view AS
SELECT DISTINCT
  line_item_product_code product_code,
  product_servicecode servicecode,
  line_item_line_item_type charge_type,
  pricing_term,
  line_item_usage_start_date,
  line_item_usage_account_id linked_account_id,
  savings_plan_savings_plan_a_r_n,
  line_item_operation operation,
  sum(savings_plan_savings_plan_effective_cost) savings_plan_effective_cost,
  sum(reservation_effective_cost) reservation_effective_cost,
  sum(line_item_usage_amount) usage_quantity,
  sum(line_item_unblended_cost) unblended_cost
FROM cur
WHERE line_item_line_item_type IN ('DiscountedUsage', 'SavingsPlanCoveredUsage', 'Usage')
  AND pricing_term IN ('OnDemand', 'Reserved')
  AND line_item_usage_start_date >= timestamp '2026-10-30 00:00:00' - INTERVAL '30' DAY
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;

SELECT hour(line_item_usage_start_date) AS hour_of_day, charge_type, count(*) AS n, sum(usage_quantity) AS usage_quantity,
  sum(coalesce(savings_plan_effective_cost, 0) + coalesce(reservation_effective_cost, 0)) AS commitments, sum(unblended_cost) AS unblended
FROM hourly_view
GROUP BY 1, 2
ORDER BY 1, 2;
