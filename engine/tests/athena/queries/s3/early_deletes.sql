SELECT date(line_item_usage_start_date) AS day, line_item_resource_id, sum(line_item_usage_amount) gb, sum(line_item_unblended_cost) AS penalty
FROM cur
WHERE line_item_usage_type LIKE 'EarlyDelete%' AND line_item_operation = 'DeleteObject'
GROUP BY date(line_item_usage_start_date), line_item_resource_id
HAVING sum(line_item_unblended_cost) BETWEEN 0.01 AND 100
ORDER BY 1, 2
