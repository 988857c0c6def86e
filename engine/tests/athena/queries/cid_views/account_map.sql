CREATE OR REPLACE VIEW account_map AS
SELECT *
FROM (
  VALUES
    ROW ('011122000000', 'Acme (management)', '011122000000', 'Acme'),
    ROW ('261356700001', 'acme-prod-001', '011122000000', 'Acme'),
    ROW ('378424400002', 'acme-prod-002', '011122000000', 'Acme'),
    ROW ('699056800011', 'acme-data-011', '011122000000', 'Acme'),
    ROW ('752059800012', NULL, '011122000000', 'Acme')
) ignored_table_name (account_id, account_name, parent_account_id, parent_account_name);

SELECT
  c.line_item_usage_account_id AS account_id,
  coalesce(m.account_name, c.line_item_usage_account_id) AS account_name,
  m.account_id IS NULL AS unknown,
  sum(c.line_item_unblended_cost) AS cost
FROM cur c
LEFT JOIN account_map m ON m.account_id = c.line_item_usage_account_id
GROUP BY 1, 2, 3
ORDER BY cost DESC, 1;
