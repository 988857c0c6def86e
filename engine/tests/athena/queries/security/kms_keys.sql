SELECT
  line_item_usage_account_id,
  CASE
    WHEN line_item_usage_type LIKE '%KMS-Keys' THEN 'Keys'
    WHEN line_item_usage_type LIKE '%Requests' THEN 'Requests'
    ELSE 'Other'
  END AS what,
  DATE_FORMAT(line_item_usage_start_date, '%Y-%m') AS month_line_item_usage_start_date,
  SUM(CAST(line_item_usage_amount AS double)) AS amount,
  SUM(line_item_unblended_cost) AS cost,
  COUNT(DISTINCT element_at(split(line_item_resource_id, '/'), 2)) AS keys
FROM cur
WHERE line_item_product_code = 'awskms'
GROUP BY 1, 2, 3
ORDER BY 3, cost DESC, 1, 2
