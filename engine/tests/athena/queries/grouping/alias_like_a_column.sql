SELECT
  CASE WHEN pricing_unit LIKE '%GB%' THEN 'gigabytes' WHEN pricing_unit IN ('Hrs', 'Hours', 'hours') THEN 'hours' ELSE pricing_unit END AS pricing_unit,
  upper(line_item_product_code) AS line_item_product_code,
  count(*) AS n
FROM cur
WHERE line_item_product_code IN ('AmazonRDS', 'AmazonEKS', 'AmazonECS')
GROUP BY pricing_unit, line_item_product_code
ORDER BY n DESC, 2, 1
