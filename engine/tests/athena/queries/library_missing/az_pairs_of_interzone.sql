SELECT line_item_usage_account_id, line_item_availability_zone, line_item_operation, SUM(line_item_usage_amount) AS gb
FROM cur
WHERE line_item_operation IN ('InterZone-In', 'InterZone-Out') AND line_item_usage_type LIKE '%DataTransfer-Regional-Bytes'
GROUP BY line_item_usage_account_id, line_item_availability_zone, line_item_operation
ORDER BY SUM(line_item_usage_amount) DESC, 1, 2, 3
LIMIT 10
