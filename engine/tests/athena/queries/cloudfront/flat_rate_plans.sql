SELECT month, line_item_line_item_type, line_item_product_code, product_product_name, sum(line_item_unblended_cost) AS cost, bool_or(line_item_resource_id IS NULL) AS without_resource
FROM cur
WHERE line_item_line_item_type = 'FlatRateSubscription'
GROUP BY 1, 2, 3, 4
ORDER BY 1
