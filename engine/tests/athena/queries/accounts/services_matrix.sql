SELECT
  line_item_usage_account_id AS account,
  histogram(line_item_line_item_type) AS types,
  cardinality(histogram(line_item_line_item_type)) AS kinds
FROM cur
WHERE report = 'legacy'
GROUP BY line_item_usage_account_id
ORDER BY account
