SELECT bill_bill_type, histogram(line_item_line_item_type) AS types, cardinality(map_keys(histogram(line_item_line_item_type))) AS n
FROM cur GROUP BY 1 ORDER BY 1
