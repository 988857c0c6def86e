SELECT
  line_item_product_code,
  line_item_usage_account_id AS "Linked Account",
  date_trunc('day', line_item_usage_start_date) AS "Usage Day",
  sum(line_item_unblended_cost) AS "Cost",
  sum(line_item_unblended_cost) FILTER (WHERE line_item_operation LIKE 'RunInstances%') AS "Instances",
  count(*) AS "Line Items"
FROM cur
WHERE line_item_product_code LIKE '%EC2%'
  AND line_item_usage_type LIKE '%Usage%'
  AND line_item_line_item_type NOT IN ('Tax', 'Credit', 'Refund', 'Fee', 'RIFee')
GROUP BY 1, 2, date_trunc('day', line_item_usage_start_date)
HAVING sum(line_item_unblended_cost) > 0.5
ORDER BY "Usage Day", "Cost" DESC, "Linked Account"
