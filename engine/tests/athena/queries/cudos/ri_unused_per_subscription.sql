-- rows: any order
SELECT
  reservation_subscription_id,
  regexp_extract(reservation_reservation_a_r_n, ':([0-9]{12}):', 1) AS owner,
  arbitrary(pricing_purchase_option) AS payment,
  SUM(reservation_unused_quantity) AS unused_hours,
  SUM(reservation_unused_amortized_upfront_fee_for_billing_period + reservation_unused_recurring_fee) AS unused_cost,
  MAX(try_cast(reservation_total_reserved_units AS double)) AS units,
  MIN(date_parse(substr(reservation_start_time, 1, 10), '%Y-%m-%d')) AS started
FROM cur
WHERE line_item_line_item_type = 'RIFee'
GROUP BY 1, 2
ORDER BY 1
