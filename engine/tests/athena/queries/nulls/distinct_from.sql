SELECT line_item_product_code AS service, count(*) AS items
FROM cur
WHERE reservation_reservation_a_r_n IS NOT DISTINCT FROM NULL AND line_item_unblended_cost > 1 OR line_item_line_item_type IS DISTINCT FROM 'Usage' AND line_item_unblended_cost < 0
GROUP BY 1
ORDER BY 1
