SELECT
  savings_plan_savings_plan_a_r_n AS arn,
  MAX(savings_plan_offering_type) AS type,
  CAST(from_iso8601_timestamp(MAX(savings_plan_end_time)) AS date) AS ends,
  date_diff('day', TIMESTAMP '2026-10-15 00:00:00', from_iso8601_timestamp(MAX(savings_plan_end_time))) AS days_left,
  SUM(savings_plan_used_commitment) AS used,
  SUM(savings_plan_total_commitment_to_date) AS total,
  SUM(savings_plan_recurring_commitment_for_billing_period + savings_plan_amortized_upfront_commitment_for_billing_period) AS commitment
FROM cur
WHERE line_item_line_item_type = 'SavingsPlanRecurringFee'
GROUP BY 1
ORDER BY 1
