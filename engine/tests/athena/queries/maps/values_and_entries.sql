SELECT DISTINCT
  array_sort(map_values(resource_tags)) AS vals,
  cardinality(map_entries(resource_tags)) AS entries
FROM cur2
WHERE line_item_product_code = 'AmazonRDS'
ORDER BY entries, vals
