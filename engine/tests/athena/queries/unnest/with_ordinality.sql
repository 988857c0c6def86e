SELECT part, n, count(*) AS items
FROM cur
CROSS JOIN UNNEST(split(line_item_usage_type, '-')) WITH ORDINALITY AS t (part, n)
WHERE line_item_product_code = 'AmazonS3'
GROUP BY part, n
ORDER BY n, items DESC, part
