SELECT line_item_line_item_type,
  CAST(SUM(pricing_public_on_demand_cost) AS double) / NULLIF(CAST(SUM(line_item_unblended_cost) AS double), 0) AS ratio,
  COALESCE(TRY_CAST(MAX(reservation_total_reserved_units) AS integer), -1) AS units,
  GREATEST(SUM(line_item_unblended_cost), 0) AS positive, LEAST(COUNT(*), 100) AS capped, SIGN(SUM(line_item_unblended_cost)) AS sign_
FROM cur GROUP BY 1 ORDER BY 1
