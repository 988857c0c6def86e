SELECT year, month, line_item_line_item_type, count(*) AS n
FROM cur
WHERE line_item_line_item_type IN ('Tax', 'Fee', 'RIFee')
GROUP BY CUBE (month, line_item_line_item_type), year
ORDER BY month, line_item_line_item_type
