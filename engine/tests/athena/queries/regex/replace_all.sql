SELECT DISTINCT
  line_item_operation,
  regexp_replace(line_item_operation, '[0-9]') AS no_digits,
  regexp_replace(line_item_operation, '[a-z]', '.') AS dotted,
  regexp_replace(line_item_operation, '([A-Z])', '_$1') AS snake,
  lower(regexp_replace(line_item_operation, '([a-z])([A-Z])', '$1_$2')) AS snake_case
FROM cur
WHERE line_item_operation IS NOT NULL
ORDER BY line_item_operation
