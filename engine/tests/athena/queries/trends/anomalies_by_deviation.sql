WITH daily AS (
  SELECT line_item_product_code AS service, date(line_item_usage_start_date) AS d, CAST(sum(line_item_unblended_cost) AS double) AS cost
  FROM cur
  WHERE line_item_line_item_type = 'Usage' AND line_item_product_code IN ('AmazonEC2', 'AmazonRDS', 'AmazonS3', 'AmazonVPC')
  GROUP BY 1, 2
), stats AS (
  SELECT service, avg(cost) AS mean, stddev_samp(cost) AS deviation FROM daily GROUP BY service
)
SELECT d.service, d.d, d.cost, (d.cost - s.mean) / s.deviation AS z
FROM daily d
JOIN stats s ON s.service = d.service
WHERE abs(d.cost - s.mean) > 1.5 * s.deviation
ORDER BY d.service, d.d
