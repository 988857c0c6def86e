WITH daily AS (
  SELECT line_item_usage_account_id AS account, CAST(line_item_usage_start_date AS date) AS d, SUM(CAST(line_item_unblended_cost AS double)) AS cost
  FROM cur WHERE line_item_line_item_type = 'Usage' GROUP BY 1, 2
), stats AS (
  SELECT account, avg(cost) AS mean, stddev_pop(cost) AS sd, count(*) AS days FROM daily GROUP BY account
)
SELECT d.account, d.d, round(d.cost, 6) AS cost, round((d.cost - s.mean) / nullif(s.sd, 0), 3) AS z
FROM daily d JOIN stats s USING (account)
WHERE s.days >= 5 AND abs(d.cost - s.mean) > 2 * s.sd
ORDER BY d.account, d.d
