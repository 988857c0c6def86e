SELECT
  line_item_usage_account_id,
  product_region,
  line_item_usage_type,
  CASE
    WHEN line_item_usage_type LIKE '%PublicIPv4:InUseAddress' THEN 'In use'
    WHEN line_item_usage_type LIKE '%PublicIPv4:IdleAddress' THEN 'Idle'
  END AS state,
  date_format(line_item_usage_start_date, '%c/%e/%Y') AS us_date,
  count(DISTINCT line_item_resource_id) AS addresses,
  sum(line_item_unblended_cost) AS cost
FROM cur
WHERE line_item_product_code = 'AmazonVPC'
  AND line_item_usage_type LIKE '%PublicIPv4%'
GROUP BY 1, 2, 3, 4, 5
ORDER BY cost DESC, 1, 2, 3, 5
