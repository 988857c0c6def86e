SELECT line_item_operation, count(*) AS n
FROM cur
WHERE line_item_operation IS NOT NULL
GROUP BY line_item_operation
ORDER BY n DESC, line_item_operation
OFFSET 5 ROWS
FETCH FIRST 10 ROWS ONLY
