SELECT
  substr(product_instance_type, 1, strpos(product_instance_type, '.') - 1) AS family,
  line_item_normalization_factor,
  sum(line_item_normalized_usage_amount) AS normalized_units,
  sum(line_item_usage_amount) AS hours,
  sum(line_item_usage_amount * line_item_normalization_factor) AS computed_units
FROM cur
WHERE product_instance_type LIKE '%.%' AND line_item_normalization_factor > 0
GROUP BY 1, 2
ORDER BY 1, 2
