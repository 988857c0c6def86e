SELECT
  upper(substr(product_product_name, 1, 1)) AS letter,
  count(DISTINCT product_product_name) AS products,
  array_join(array_agg(DISTINCT product_product_name ORDER BY product_product_name), ' | ') AS names,
  sum(line_item_unblended_cost) AS cost
FROM cur
WHERE product_product_name IS NOT NULL AND product_product_name NOT LIKE 'A%'
GROUP BY upper(substr(product_product_name, 1, 1))
ORDER BY letter
