SELECT line_item_usage_type, COUNT(*) AS n FROM cur
WHERE line_item_usage_type LIKE '%\_%' ESCAPE '\' OR line_item_usage_type LIKE 'DataTransfer$-%' ESCAPE '$'
GROUP BY 1 ORDER BY 1
