SELECT
  line_item_usage_account_id AS account,
  json_format(CAST(MAP(ARRAY['account', 'services'], ARRAY[line_item_usage_account_id, CAST(count(DISTINCT line_item_product_code) AS varchar)]) AS JSON)) AS summary
FROM cur
WHERE report = 'legacy'
GROUP BY line_item_usage_account_id
ORDER BY account
