SELECT line_item_usage_account_id, product_broker_engine, product_instance_type, SUM(line_item_usage_amount) AS hours
FROM cur WHERE line_item_product_code = 'AmazonMQ' GROUP BY 1, 2, 3 ORDER BY 1
