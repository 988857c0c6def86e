SELECT
  date_format(line_item_usage_start_date, '%Y-%m-%d') AS usage_day,
  savings_plan_payment_option,
  sum(savings_plan_total_commitment_to_date) AS committed,
  sum(savings_plan_used_commitment) AS used,
  sum(savings_plan_total_commitment_to_date) - sum(savings_plan_used_commitment) AS unused,
  if(sum(savings_plan_total_commitment_to_date) = 0, NULL, CAST(sum(savings_plan_used_commitment) AS double) / CAST(sum(savings_plan_total_commitment_to_date) AS double)) AS utilization
FROM cur
WHERE line_item_line_item_type = 'SavingsPlanRecurringFee'
GROUP BY 1, 2
ORDER BY 1, 2
