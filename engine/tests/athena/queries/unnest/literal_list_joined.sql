SELECT u.code, u.n, coalesce(sum(c.line_item_unblended_cost), 0) AS cost
FROM UNNEST(ARRAY['AmazonEC2', 'AmazonS3', 'AmazonNeptune']) WITH ORDINALITY AS u (code, n)
LEFT JOIN cur c ON c.line_item_product_code = u.code
GROUP BY u.code, u.n
ORDER BY u.n
