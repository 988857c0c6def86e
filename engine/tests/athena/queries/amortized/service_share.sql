WITH amortized AS (
  SELECT
    CASE WHEN line_item_line_item_type IN ('SavingsPlanCoveredUsage', 'SavingsPlanRecurringFee') THEN 'commitments' ELSE line_item_product_code END AS service,
    CASE
      WHEN line_item_line_item_type = 'SavingsPlanCoveredUsage' THEN savings_plan_savings_plan_effective_cost
      WHEN line_item_line_item_type = 'SavingsPlanRecurringFee' THEN savings_plan_total_commitment_to_date - savings_plan_used_commitment
      WHEN line_item_line_item_type IN ('SavingsPlanNegation', 'SavingsPlanUpfrontFee') THEN 0
      WHEN line_item_line_item_type = 'DiscountedUsage' THEN reservation_effective_cost
      ELSE line_item_unblended_cost
    END AS cost
  FROM cur
  WHERE year = '2026' AND month = '9'
)
SELECT service, sum(cost) AS cost, CAST(sum(cost) AS double) / CAST(sum(sum(cost)) OVER () AS double) AS share,
  sum(sum(cost)) OVER (ORDER BY sum(cost) DESC, service ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS running
FROM amortized
GROUP BY service
HAVING sum(cost) <> 0
ORDER BY cost DESC, service
