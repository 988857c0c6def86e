SELECT
  line_item_usage_type,
  regexp_extract(line_item_usage_type, '^([A-Z]+[0-9]?)-', 1) AS region,
  regexp_extract(line_item_usage_type, ':([a-z]+)([0-9]+)([a-z]*)\.', 1) AS class,
  regexp_extract(line_item_usage_type, ':([a-z]+)([0-9]+)([a-z]*)\.', 2) AS generation,
  regexp_extract(line_item_usage_type, ':([a-z]+)([0-9]+)([a-z]*)\.', 3) AS capabilities,
  regexp_extract(line_item_usage_type, '[0-9]*[a-z]+$') AS tail,
  sum(line_item_usage_amount) AS hours
FROM cur
WHERE regexp_like(line_item_usage_type, '(Box|Spot)Usage:')
GROUP BY line_item_usage_type
ORDER BY line_item_usage_type
