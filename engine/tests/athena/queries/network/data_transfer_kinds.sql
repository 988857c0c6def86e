SELECT
  line_item_product_code,
  CASE
    WHEN line_item_usage_type LIKE '%-DataTransfer-Out-Bytes' OR line_item_usage_type = 'DataTransfer-Out-Bytes' THEN 'internet out'
    WHEN line_item_usage_type LIKE '%DataTransfer-In-Bytes' THEN 'internet in'
    WHEN line_item_usage_type LIKE '%DataTransfer-Regional-Bytes' THEN 'between zones'
    WHEN regexp_like(line_item_usage_type, '^[A-Z0-9]+-[A-Z0-9]+-AWS-(In|Out)-Bytes$') THEN 'between regions'
    WHEN line_item_usage_type LIKE '%CloudFront%' THEN 'cloudfront'
    ELSE 'other'
  END AS transfer,
  sum(line_item_usage_amount) AS gb,
  sum(line_item_unblended_cost) AS cost,
  count(DISTINCT line_item_resource_id) AS resources
FROM cur
WHERE line_item_usage_type LIKE '%Bytes%' AND line_item_usage_type NOT LIKE '%TimedStorage%'
GROUP BY 1, 2
ORDER BY 1, 2
