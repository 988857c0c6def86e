SELECT arn, term, option, units, latest FROM (
  SELECT
    reservation_reservation_a_r_n AS arn,
    pricing_lease_contract_length AS term,
    pricing_purchase_option AS option,
    TRY_CAST(reservation_number_of_reservations AS BIGINT) * COALESCE(TRY_CAST(reservation_units_per_reservation AS DOUBLE), 1) AS units,
    line_item_usage_start_date AS latest,
    row_number() OVER (PARTITION BY reservation_reservation_a_r_n ORDER BY line_item_usage_start_date DESC, line_item_unblended_cost DESC) AS rn
  FROM cur
  WHERE reservation_reservation_a_r_n <> '' AND line_item_line_item_type = 'RIFee'
) WHERE rn = 1
ORDER BY arn
