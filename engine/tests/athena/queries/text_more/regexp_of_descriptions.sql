SELECT regexp_extract(line_item_line_item_description, '\$([0-9.]+) per ([A-Za-z0-9 -]+)', 1) AS price,
  trim(regexp_extract(line_item_line_item_description, '\$([0-9.]+) per ([A-Za-z-]+)', 2)) AS unit,
  COUNT(*) AS n, MAX(TRY_CAST(regexp_extract(line_item_line_item_description, '\$([0-9.]+)', 1) AS double)) AS dollars
FROM cur
WHERE regexp_like(line_item_line_item_description, '(?i)\bper\b') AND line_item_line_item_type = 'Usage'
GROUP BY 1, 2 ORDER BY n DESC, 1, 2 LIMIT 15
