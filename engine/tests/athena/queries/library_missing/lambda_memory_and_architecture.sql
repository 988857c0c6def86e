SELECT line_item_usage_account_id, IF(line_item_usage_type LIKE '%ARM%', 'arm64', 'x86_64') AS architecture,
  CASE WHEN line_item_usage_type LIKE '%Lambda-GB-Second%' THEN 'Duration' WHEN line_item_usage_type LIKE '%Request%' THEN 'Requests' ELSE split_part(line_item_usage_type, ':', 2) END AS kind,
  SUM(line_item_usage_amount) AS amount, array_agg(DISTINCT pricing_unit ORDER BY pricing_unit) AS units
FROM cur
WHERE line_item_product_code = 'AWSLambda' AND line_item_line_item_type LIKE '%Usage%'
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
