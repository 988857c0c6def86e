SELECT count(*) AS items, sum(cost) AS cost
FROM (
  SELECT line_item_product_code AS service, array_agg(DISTINCT line_item_usage_account_id) AS accounts, sum(line_item_unblended_cost) AS cost
  FROM cur
  GROUP BY line_item_product_code
) s
CROSS JOIN UNNEST(accounts) AS t (account)
GROUP BY service, account
ORDER BY 1, 2
