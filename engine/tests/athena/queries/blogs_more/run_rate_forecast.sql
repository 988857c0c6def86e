SELECT line_item_product_code, cost, days,
  round(cost / days * day(last_day_of_month(date '2026-10-01')), 4) AS forecast
FROM (
  SELECT line_item_product_code, CAST(SUM(line_item_unblended_cost) AS double) AS cost, count(DISTINCT date(line_item_usage_start_date)) AS days
  FROM cur WHERE line_item_usage_start_date >= date '2026-10-01' AND line_item_line_item_type = 'Usage' GROUP BY 1
) t
ORDER BY 1
