SELECT
  bill_payer_account_id,
  line_item_usage_account_id,
  DATE_FORMAT(line_item_usage_start_date,'%Y-%m') AS month_line_item_usage_start_date,
  REVERSE(SPLIT_PART(REVERSE(line_item_resource_id),'/',1)) AS split_line_item_resource_id,
  SPLIT_PART(line_item_usage_type, '-', 2) AS usage,
  SUM(CAST(line_item_unblended_cost AS DECIMAL(16, 8))) AS sum_line_item_unblended_cost
FROM cur
WHERE
  year = '2026' AND (month IN ('9','09') OR month = '10')
  AND product_product_name = 'Amazon Athena'
  AND line_item_line_item_type NOT IN ('Tax','Credit','Refund','EdpDiscount','Fee','RIFee')
GROUP BY
  bill_payer_account_id,
  line_item_usage_account_id,
  DATE_FORMAT(line_item_usage_start_date,'%Y-%m'),
  line_item_resource_id,
  line_item_usage_type
ORDER BY
  sum_line_item_unblended_cost DESC, 3, 4, 2;
