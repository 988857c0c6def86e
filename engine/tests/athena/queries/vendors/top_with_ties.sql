-- rows: any order
-- answer: by hand
SELECT line_item_usage_account_id, COUNT(DISTINCT line_item_product_code) AS services
FROM cur
GROUP BY line_item_usage_account_id
ORDER BY services DESC
FETCH FIRST ROW WITH TIES
