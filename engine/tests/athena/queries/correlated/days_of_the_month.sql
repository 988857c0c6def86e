SELECT DISTINCT line_item_product_code AS service, day(line_item_usage_start_date) AS day,
  (SELECT sum(c.line_item_unblended_cost) FROM cur c WHERE day(c.line_item_usage_start_date) = day(cur.line_item_usage_start_date)) AS all_services
FROM cur
WHERE line_item_product_code LIKE 'Amazon%'
ORDER BY 1, 2
