-- answer: by hand
WITH services AS (SELECT DISTINCT line_item_product_code AS service FROM cur)
SELECT (row_number() OVER (ORDER BY service) - 1) / 2 AS batch, service, -dense_rank() OVER (ORDER BY service) AS backwards, ntile(4) OVER (ORDER BY service) - 5 AS quarter
FROM services
ORDER BY service
