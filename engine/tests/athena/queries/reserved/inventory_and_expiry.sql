SELECT DISTINCT
  bill_payer_account_id,
  line_item_usage_account_id,
  reservation_reservation_a_r_n,
  pricing_lease_contract_length,
  pricing_offering_class,
  pricing_purchase_option,
  try_cast(reservation_number_of_reservations AS integer) AS number_of_reservations,
  from_iso8601_timestamp(reservation_end_time) AS ends,
  date_diff('day', timestamp '2026-11-01 00:00:00', from_iso8601_timestamp(reservation_end_time)) AS days_left,
  CASE
    WHEN from_iso8601_timestamp(reservation_end_time) < timestamp '2026-12-01 00:00:00' THEN 'soon'
    WHEN date_diff('month', timestamp '2026-11-01 00:00:00', from_iso8601_timestamp(reservation_end_time)) <= 6 THEN 'within six months'
    ELSE 'later'
  END AS expiry
FROM cur
WHERE line_item_line_item_type = 'RIFee' AND reservation_end_time IS NOT NULL
ORDER BY days_left, reservation_reservation_a_r_n
