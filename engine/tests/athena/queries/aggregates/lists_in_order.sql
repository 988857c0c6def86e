SELECT
  line_item_usage_account_id,
  array_agg(DISTINCT line_item_product_code ORDER BY line_item_product_code DESC) AS services,
  listagg(DISTINCT line_item_product_code, '; ') WITHIN GROUP (ORDER BY line_item_product_code) AS listed,
  array_join(array_agg(DISTINCT substr(line_item_product_code, 1, 3) ORDER BY substr(line_item_product_code, 1, 3)), '') AS joined
FROM cur
WHERE line_item_line_item_type = 'Usage' AND report = 'legacy'
GROUP BY line_item_usage_account_id
ORDER BY line_item_usage_account_id
