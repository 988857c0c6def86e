WITH
  base AS (SELECT line_item_usage_account_id AS account, date(line_item_usage_start_date) AS d, line_item_unblended_cost AS cost FROM cur WHERE line_item_line_item_type = 'Usage'),
  daily AS (SELECT account, d, sum(cost) AS cost FROM base GROUP BY account, d),
  ranked AS (SELECT account, d, cost, row_number() OVER (PARTITION BY account ORDER BY cost DESC, d) AS rn, avg(cost) OVER (PARTITION BY account) AS mean FROM daily)
SELECT r.account, r.d AS dearest_day, r.cost, r.mean, CAST(r.cost AS double) / nullif(r.mean, 0) AS times_the_mean
FROM ranked r
WHERE r.rn = 1
ORDER BY r.cost DESC, r.account
