SELECT
  line_item_usage_account_id AS account,
  filter(array_sort(array_agg(DISTINCT line_item_product_code)), s -> s LIKE 'Amazon%') AS amazon,
  transform(array_sort(array_agg(DISTINCT line_item_line_item_type)), s -> upper(s)) AS types,
  any_match(array_agg(DISTINCT line_item_product_code), s -> s = 'AWSGlue') AS has_glue
FROM cur
WHERE report = 'legacy'
GROUP BY line_item_usage_account_id
ORDER BY account
