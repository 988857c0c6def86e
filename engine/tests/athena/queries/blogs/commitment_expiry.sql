SELECT
  split_part(savings_plan_savings_plan_a_r_n, '/', 2) AS id,
  savings_plan_offering_type,
  date(from_iso8601_timestamp(savings_plan_end_time)) AS ends,
  date_diff('day', date '2026-10-31', date(from_iso8601_timestamp(savings_plan_end_time))) AS days_left,
  CASE
    WHEN date_diff('day', date '2026-10-31', date(from_iso8601_timestamp(savings_plan_end_time))) < 30 THEN 'now'
    WHEN date_diff('month', date '2026-10-31', date(from_iso8601_timestamp(savings_plan_end_time))) BETWEEN 1 AND 6 THEN 'soon'
    ELSE 'later' END AS urgency,
  sum(savings_plan_recurring_commitment_for_billing_period) AS recurring,
  sum(savings_plan_used_commitment) / NULLIF(sum(savings_plan_total_commitment_to_date), 0) AS used
FROM cur
WHERE line_item_line_item_type IN ('SavingsPlanRecurringFee') AND savings_plan_end_time > '2026'
GROUP BY 1, 2, 3, 4, 5
ORDER BY ends, id
