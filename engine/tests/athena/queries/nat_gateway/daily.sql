SELECT
  line_item_usage_account_id,
  date_format(line_item_usage_start_date, '%Y-%m-%d') AS day_line_item_usage_start_date,
  CASE
    WHEN line_item_usage_type LIKE '%NatGateway-Bytes' THEN 'NAT Gateway Data Processing Charge'
    WHEN line_item_usage_type LIKE '%NatGateway-Hours' THEN 'NAT Gateway Hourly Charge'
    ELSE line_item_usage_type
  END AS line_item_usage_type,
  sum(line_item_usage_amount) AS sum_line_item_usage_amount,
  sum(line_item_unblended_cost) AS sum_line_item_unblended_cost
FROM cur
WHERE line_item_product_code = 'AmazonEC2' AND line_item_usage_type LIKE '%NatGateway%' AND line_item_line_item_type = 'Usage'
GROUP BY 1, 2, line_item_usage_type
ORDER BY day_line_item_usage_start_date, 1, 3
