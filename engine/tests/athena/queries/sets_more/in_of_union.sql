-- rows: any order
SELECT COUNT(*) AS n, SUM(line_item_unblended_cost) AS cost FROM cur
WHERE line_item_resource_id IN (SELECT split_line_item_parent_resource_id FROM cur WHERE split_line_item_parent_resource_id IS NOT NULL UNION SELECT line_item_resource_id FROM cur WHERE product_instance_type = 't3.medium')
