SELECT line_item_product_code AS code, 'september only' AS seen FROM (
  SELECT line_item_product_code FROM cur WHERE month = '9' EXCEPT SELECT line_item_product_code FROM cur WHERE month = '10'
)
UNION ALL
SELECT line_item_product_code, 'both' FROM (
  SELECT line_item_product_code FROM cur WHERE month = '9' INTERSECT SELECT line_item_product_code FROM cur WHERE month = '10'
)
UNION
SELECT 'everything', CAST(count(DISTINCT line_item_product_code) AS varchar) FROM cur
ORDER BY 2, 1
