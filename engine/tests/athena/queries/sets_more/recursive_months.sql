WITH RECURSIVE months (m, n) AS (
  SELECT DATE '2026-08-01', 1
  UNION ALL
  SELECT m + INTERVAL '1' MONTH, n + 1 FROM months WHERE n < 4
)
SELECT CAST(m AS date) AS month, COALESCE(SUM(c.line_item_unblended_cost), 0) AS cost
FROM months LEFT JOIN cur c ON date_trunc('month', c.bill_billing_period_start_date) = CAST(m AS timestamp)
GROUP BY 1 ORDER BY 1
