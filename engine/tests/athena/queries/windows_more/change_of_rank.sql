WITH costs AS (SELECT month, line_item_product_code AS service, sum(line_item_unblended_cost) AS cost FROM cur GROUP BY 1, 2),
ranks AS (SELECT month, service, rank() OVER (PARTITION BY month ORDER BY cost DESC, service) AS place FROM costs)
SELECT service, month, place, lag(place) OVER (PARTITION BY service ORDER BY CAST(month AS integer)) - place AS up
FROM ranks
ORDER BY service, month
