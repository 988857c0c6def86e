SELECT A.line_item_usage_account_id Account, B.Total, A.Line_Item_Product_Code Service, SUM(A.line_item_unblended_cost) Cost
FROM cur A, (SELECT line_item_usage_account_id id, SUM(line_item_unblended_cost) Total FROM cur GROUP BY 1) B
WHERE a.line_item_usage_account_id = b.ID AND b.total > 200
GROUP BY A.line_item_usage_account_id, B.Total, A.Line_Item_Product_Code
HAVING SUM(a.line_item_unblended_cost) > 1
ORDER BY total DESC, cost DESC
