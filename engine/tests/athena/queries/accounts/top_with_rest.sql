WITH ranked AS (
  SELECT line_item_usage_account_id AS account, sum(line_item_unblended_cost) AS cost,
    row_number() OVER (ORDER BY sum(line_item_unblended_cost) DESC) AS n
  FROM cur
  GROUP BY line_item_usage_account_id
)
SELECT CASE WHEN n <= 5 THEN account ELSE 'other accounts' END AS account, sum(cost) AS cost, count(*) AS accounts
FROM ranked
GROUP BY CASE WHEN n <= 5 THEN account ELSE 'other accounts' END
ORDER BY min(n)
