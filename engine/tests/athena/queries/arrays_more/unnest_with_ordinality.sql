SELECT part, place, COUNT(*) AS n
FROM (SELECT DISTINCT line_item_usage_type FROM cur WHERE line_item_product_code = 'AmazonS3' AND line_item_usage_type IS NOT NULL) t
CROSS JOIN UNNEST(split(line_item_usage_type, '-')) WITH ORDINALITY AS u (part, place)
GROUP BY part, place ORDER BY place, n DESC, part
