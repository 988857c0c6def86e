SELECT
  DATE_FORMAT(line_item_usage_start_date, '%Y-%m') AS month_line_item_usage_start_date,
  split_part(line_item_resource_id, '/', 2) AS kind,
  SPLIT_PART(line_item_resource_id, '/', 3) AS name,
  CASE
    WHEN strpos(line_item_usage_type, 'LCU') > 0 THEN 'LCU'
    WHEN strpos(line_item_usage_type, 'LoadBalancerUsage') > 0 THEN 'Hours'
    WHEN strpos(line_item_usage_type, 'Bytes') > 0 THEN 'Transfer'
    ELSE line_item_usage_type
  END AS what,
  sum(line_item_usage_amount) AS amount,
  sum(line_item_unblended_cost) AS cost
FROM cur
WHERE line_item_product_code = 'AWSELB' AND line_item_line_item_type = 'Usage'
GROUP BY 1, 2, 3, 4
ORDER BY 1, 6 DESC, 3, 4
