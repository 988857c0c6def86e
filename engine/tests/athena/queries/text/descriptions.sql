SELECT
  line_item_line_item_description,
  strpos(line_item_line_item_description, ' per ') AS at,
  position('per' IN line_item_line_item_description) AS pos,
  trim(regexp_extract(line_item_line_item_description, 'per (.*)', 1)) AS unit,
  regexp_extract(line_item_line_item_description, '\$([0-9.]+)', 1) AS price,
  try_cast(regexp_extract(line_item_line_item_description, '\$([0-9.]+)', 1) AS double) AS price_number,
  upper(substr(line_item_line_item_description, 1, 12)) AS shout
FROM cur
WHERE line_item_product_code IN ('AmazonVPC', 'AmazonS3', 'AWSLambda')
GROUP BY line_item_line_item_description
ORDER BY 1
