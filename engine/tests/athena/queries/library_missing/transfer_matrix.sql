SELECT product_from_location, product_to_location, product_transfer_type, SUM(line_item_usage_amount) AS gb,
  SUM(line_item_unblended_cost) AS cost, COUNT_IF(line_item_unblended_cost = 0) AS free
FROM cur
WHERE product_from_location <> '' AND product_to_location <> '' AND product_product_family = 'Data Transfer'
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
