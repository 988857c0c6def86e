SELECT
  reservation_reservation_a_r_n,
  split_part(reservation_reservation_a_r_n, ':', 4) AS region,
  split_part(split_part(reservation_reservation_a_r_n, ':', 6), '/', 2) AS reservation_id,
  sum(try_cast(reservation_total_reserved_units AS double)) AS reserved_units,
  sum(reservation_unused_quantity) AS unused_units,
  sum(reservation_unused_recurring_fee) AS unused_fee,
  sum(reservation_unused_amortized_upfront_fee_for_billing_period) AS unused_upfront,
  min(line_item_usage_start_date) AS first_start
FROM cur
WHERE line_item_line_item_type = 'RIFee'
GROUP BY reservation_reservation_a_r_n
ORDER BY unused_fee DESC, reservation_reservation_a_r_n
