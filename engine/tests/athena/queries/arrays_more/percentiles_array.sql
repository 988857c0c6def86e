-- rows: any order
SELECT line_item_product_code, MAX(line_item_unblended_cost) AS most, MIN_BY(line_item_usage_type, (line_item_unblended_cost, identity_line_item_id)) AS cheapest
FROM (SELECT line_item_product_code, line_item_unblended_cost, line_item_usage_type, identity_line_item_id FROM cur WHERE line_item_line_item_type = 'Usage' AND line_item_product_code = 'AWSELB')
GROUP BY 1
