-- rows: any order
SELECT
  count(TRY(CAST(line_item_unblended_rate AS decimal(20,10)))) AS rates,
  sum(TRY(line_item_unblended_cost / line_item_usage_amount)) IS NOT NULL AS has_rate,
  max(TRY_CAST(reservation_units_per_reservation AS double)) AS units,
  count(TRY(date_parse(reservation_end_time, '%Y-%m-%dT%H:%i:%s.%fZ'))) AS ends,
  count_if(TRY_CAST(product_vcpu AS integer) >= 4) AS large,
  approx_distinct(product_instance_type) > 0 AS types
FROM cur
