SELECT
  product['region'] AS region,
  product['product_name'] AS product_name,
  max(product['no_such_attribute']) AS nothing,
  SUM(line_item_unblended_cost) AS cost,
  COUNT(DISTINCT product['vcpu']) AS vcpu_counts
FROM "cur2"
WHERE product['product_name'] LIKE 'Amazon%'
GROUP BY product['region'], product['product_name']
ORDER BY cost DESC, product['region'], product_name
LIMIT 30
