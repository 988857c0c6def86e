WITH accounts (id, name, owner) AS (
  VALUES ('261356700001', 'Shop', 'ann'), ('378424400002', 'Search', 'bob'), ('699056800011', 'Data', NULL), ('999999999999', 'Closed', 'eve')
)
SELECT a.name, coalesce(a.owner, 'nobody') AS owner, sum(c.line_item_unblended_cost) AS cost, count(c.line_item_usage_account_id) AS items
FROM accounts a
LEFT JOIN cur c ON c.line_item_usage_account_id = a.id
GROUP BY a.name, a.owner
ORDER BY cost DESC, name
