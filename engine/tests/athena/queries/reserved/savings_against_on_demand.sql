WITH discounted AS (
  SELECT
    reservation_reservation_a_r_n AS arn,
    product_instance_type,
    sum(line_item_usage_amount) AS hours,
    sum(pricing_public_on_demand_cost) AS on_demand,
    sum(reservation_effective_cost) AS effective
  FROM cur
  WHERE line_item_line_item_type = 'DiscountedUsage'
  GROUP BY 1, 2
), fees AS (
  SELECT reservation_reservation_a_r_n AS arn, sum(reservation_unused_recurring_fee) + sum(reservation_unused_amortized_upfront_fee_for_billing_period) AS waste
  FROM cur
  WHERE line_item_line_item_type = 'RIFee'
  GROUP BY reservation_reservation_a_r_n
)
SELECT coalesce(d.arn, f.arn) AS arn, d.product_instance_type, d.hours, d.on_demand, d.effective, f.waste,
  d.on_demand - d.effective - coalesce(f.waste, 0) AS net_savings
FROM discounted d
FULL OUTER JOIN fees f ON d.arn = f.arn
ORDER BY net_savings DESC, 1, 2
