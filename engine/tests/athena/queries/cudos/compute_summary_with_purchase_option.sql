WITH base AS (
  SELECT
    date_trunc('month', line_item_usage_start_date) AS usage_month,
    line_item_usage_account_id,
    product_instance_type,
    CASE
      WHEN savings_plan_savings_plan_a_r_n <> '' THEN 'SavingsPlan'
      WHEN reservation_reservation_a_r_n <> '' THEN 'Reserved'
      WHEN line_item_usage_type LIKE '%Spot%' THEN 'Spot'
      ELSE 'OnDemand'
    END AS purchase_option,
    CASE line_item_line_item_type
      WHEN 'SavingsPlanCoveredUsage' THEN savings_plan_savings_plan_effective_cost
      WHEN 'DiscountedUsage' THEN reservation_effective_cost
      WHEN 'Usage' THEN line_item_unblended_cost
      ELSE 0
    END AS amortized_cost,
    line_item_usage_amount
  FROM cur
  WHERE product_servicecode = 'AmazonEC2' AND line_item_operation LIKE '%RunInstances%' AND product_instance_type <> ''
    AND line_item_line_item_type NOT IN ('SavingsPlanNegation', 'EdpDiscount', 'Tax')
)
SELECT usage_month, purchase_option, split_part(product_instance_type, '.', 1) AS family,
  SUM(line_item_usage_amount) AS hours, SUM(amortized_cost) AS amortized,
  ROUND(SUM(amortized_cost) / NULLIF(SUM(line_item_usage_amount), 0), 6) AS per_hour
FROM base
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
