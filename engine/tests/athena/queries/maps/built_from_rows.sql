-- rows: any order
SELECT
  map_agg(line_item_product_code, items) AS items_by_service,
  map_agg(line_item_product_code, items)['AmazonS3'] AS of_s3,
  cardinality(map_agg(line_item_product_code, items)) AS services
FROM (
  SELECT line_item_product_code, count(*) AS items FROM cur WHERE line_item_product_code LIKE 'AmazonS%' OR line_item_product_code LIKE 'AmazonE%' GROUP BY 1
)
