SELECT date_format(line_item_usage_start_date, '%Y-%m-%d') AS day, line_item_usage_account_id, round(sum(line_item_unblended_cost), 4) AS cost
FROM cur
WHERE year = '2026' AND month IN ('9', '10') AND line_item_line_item_type NOT IN ('Tax', 'Credit')
    AND bill_payer_account_id = '011122223333'
GROUP BY 1, 2 ORDER BY day
