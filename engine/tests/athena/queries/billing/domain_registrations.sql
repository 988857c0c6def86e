SELECT line_item_line_item_description, date_parse(date_format(line_item_usage_start_date, '%Y-%m-01'), '%Y-%m-%d') AS month_start, sum(line_item_unblended_cost) AS fee
FROM cur
WHERE line_item_product_code = 'AmazonRegistrar'
GROUP BY 1, 2
ORDER BY 2, 1
