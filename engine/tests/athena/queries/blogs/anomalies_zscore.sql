WITH daily AS (
  SELECT line_item_product_code AS service, cast(line_item_usage_start_date AS date) AS d, sum(line_item_unblended_cost) AS cost
  FROM cur WHERE line_item_line_item_type = 'Usage' GROUP BY 1, 2
), stats AS (
  SELECT *,
    avg(cost) OVER w AS mean,
    stddev(cost) OVER w AS sd,
    count(*) OVER w AS n,
    lag(d) OVER (PARTITION BY service ORDER BY d) AS previous_day
  FROM daily
  WINDOW w AS (PARTITION BY service ORDER BY d ROWS BETWEEN 6 PRECEDING AND 1 PRECEDING)
)
SELECT service, d, cost, mean, CASE WHEN sd > 0 THEN (cost - mean) / sd END AS z, date_diff('day', previous_day, d) AS gap
FROM stats
WHERE n >= 2 AND abs(cost - mean) > 0.5 * mean
ORDER BY abs(cost - mean) DESC, service, d
LIMIT 25
