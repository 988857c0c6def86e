SELECT
  coalesce(regexp_extract(line_item_usage_type, '^([A-Z]{2,3}[0-9]?)-', 1), 'USE1 (none)') AS region_code,
  array_agg(DISTINCT product_region ORDER BY product_region) FILTER (WHERE product_region IS NOT NULL) AS regions,
  count(*) AS items
FROM cur
WHERE line_item_product_code = 'AmazonEC2' AND line_item_line_item_type = 'Usage'
GROUP BY 1
ORDER BY items DESC, 1
