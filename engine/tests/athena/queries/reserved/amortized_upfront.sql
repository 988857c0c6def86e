SELECT
  date_trunc('month', line_item_usage_start_date) AS usage_month,
  pricing_purchase_option,
  sum(reservation_amortized_upfront_cost_for_usage) AS amortized_upfront_for_usage,
  sum(reservation_amortized_upfront_fee_for_billing_period) AS amortized_upfront_fee,
  sum(reservation_recurring_fee_for_usage) AS recurring_for_usage,
  sum(reservation_effective_cost) AS effective,
  sum(CASE WHEN line_item_line_item_type = 'Fee' THEN line_item_unblended_cost ELSE 0 END) AS paid_upfront
FROM cur
WHERE reservation_reservation_a_r_n <> '' AND reservation_reservation_a_r_n IS NOT NULL
GROUP BY 1, 2
ORDER BY 1, 2
