SELECT DISTINCT
  line_item_usage_type,
  replace(line_item_usage_type, '-Bytes', ' (bytes)') AS renamed,
  replace(line_item_usage_type, 'DataTransfer-') AS removed,
  reverse(line_item_usage_type) AS reversed,
  translate(line_item_usage_type, '-:', '__') AS translated,
  starts_with(line_item_usage_type, 'EU') AS european
FROM cur
WHERE line_item_usage_type LIKE '%DataTransfer%'
ORDER BY 1
