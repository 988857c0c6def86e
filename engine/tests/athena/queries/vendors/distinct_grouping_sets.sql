-- answer: by hand
SELECT year, month, line_item_product_code, COUNT(*) AS n
FROM cur
WHERE line_item_product_code IN ('AmazonS3', 'AmazonEC2')
GROUP BY DISTINCT ROLLUP (year, month), ROLLUP (year, line_item_product_code)
ORDER BY 1, 2, 3
