WITH weeks AS (
  SELECT CAST(w AS timestamp) AS week FROM UNNEST(SEQUENCE(DATE '2026-08-31', DATE '2026-10-26', INTERVAL '7' DAY)) AS t (w)
), costs AS (
  SELECT date_trunc('week', line_item_usage_start_date) AS week, SUM(line_item_unblended_cost) AS cost
  FROM cur WHERE line_item_product_code = 'AmazonRDS' GROUP BY 1
)
SELECT date_format(w.week, '%x-W%v') AS iso_week, COALESCE(c.cost, 0) AS cost
FROM weeks w LEFT JOIN costs c ON c.week = w.week
ORDER BY w.week
