SELECT COALESCE(regexp_extract(line_item_usage_type, '^([A-Z]{2,4}[0-9]?)-', 1), 'USE1') AS prefix,
  array_join(slice(array_agg(DISTINCT product_region ORDER BY product_region) FILTER (WHERE product_region <> ''), 1, 3), '|') AS regions,
  count(*) AS n
FROM cur
WHERE line_item_usage_type IS NOT NULL
GROUP BY 1
ORDER BY 3 DESC, 1
