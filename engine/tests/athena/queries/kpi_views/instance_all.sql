CREATE OR REPLACE VIEW kpi_instance_all AS
WITH instance_map AS (
  SELECT * FROM (VALUES
    ROW ('m5', 'm6g', 'm7g'), ROW ('c5', 'c6g', 'c7g'), ROW ('r5', 'r6g', 'r7g'), ROW ('t3', 't4g', NULL)
  ) ignored (family, latest_graviton, next_graviton)
), usage_lines AS (
  SELECT DISTINCT
    bill_billing_period_start_date billing_period,
    line_item_usage_account_id linked_account_id,
    line_item_resource_id resource_id,
    product_instance_type instance_type,
    split_part(product_instance_type, '.', 1) instance_type_family,
    (CASE
      WHEN (savings_plan_savings_plan_a_r_n <> '') THEN 'SavingsPlan'
      WHEN (reservation_reservation_a_r_n <> '') THEN 'Reserved'
      WHEN (line_item_usage_type LIKE '%Spot%') THEN 'Spot'
      ELSE 'OnDemand' END) purchase_option,
    sum(line_item_usage_amount) usage_quantity,
    sum(line_item_unblended_cost) unblended_cost,
    sum(CASE WHEN line_item_line_item_type = 'SavingsPlanCoveredUsage' THEN savings_plan_savings_plan_effective_cost WHEN line_item_line_item_type = 'DiscountedUsage' THEN reservation_effective_cost ELSE line_item_unblended_cost END) amortized_cost
  FROM cur
  WHERE product_instance_type <> '' AND line_item_product_code = 'AmazonEC2' AND line_item_operation LIKE '%RunInstances%'
    AND line_item_line_item_type IN ('Usage', 'SavingsPlanCoveredUsage', 'DiscountedUsage')
  GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT u.*, m.latest_graviton,
  (CASE WHEN m.latest_graviton IS NOT NULL THEN u.amortized_cost ELSE 0 END) graviton_eligible_cost,
  (CASE WHEN instance_type_family LIKE '%g' THEN u.amortized_cost ELSE 0 END) graviton_cost
FROM usage_lines u
LEFT JOIN instance_map m ON m.family = u.instance_type_family;

SELECT billing_period, purchase_option, sum(amortized_cost) AS cost, sum(graviton_cost) AS graviton, sum(graviton_eligible_cost) AS eligible,
  sum(graviton_eligible_cost) * 0.2 AS potential_savings
FROM kpi_instance_all
GROUP BY billing_period, purchase_option
ORDER BY 1, 2;
