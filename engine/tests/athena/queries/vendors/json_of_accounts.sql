-- rows: any order
SELECT bill_payer_account_id, json_format(CAST(map_agg(line_item_usage_account_id, n) AS JSON)) AS counts
FROM (SELECT bill_payer_account_id, line_item_usage_account_id, COUNT(*) AS n FROM cur WHERE line_item_line_item_type = 'Tax' GROUP BY 1, 2 ORDER BY 2)
GROUP BY 1
