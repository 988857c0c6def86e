SELECT DISTINCT product_region, product_instance_type FROM cur WHERE line_item_product_code IN ('AmazonEC2', 'AmazonRDS') ORDER BY product_region, product_instance_type DESC
