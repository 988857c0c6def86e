SELECT
  CASE
    WHEN line_item_usage_type LIKE '%NatGateway%' THEN 'NAT Gateway'
    WHEN regexp_like(line_item_usage_type, 'EBS:Snapshot') THEN 'EBS Snapshot'
    WHEN line_item_usage_type LIKE '%EBS:%' THEN 'EBS'
    WHEN line_item_usage_type LIKE '%ElasticIP%' OR line_item_usage_type LIKE '%PublicIPv4%' THEN 'IPv4'
    WHEN line_item_usage_type LIKE '%Bytes%' THEN 'Data Transfer'
    ELSE 'Other'
  END AS category,
  line_item_usage_account_id,
  SUM(line_item_unblended_cost) AS cost,
  RANK() OVER (PARTITION BY line_item_usage_account_id ORDER BY SUM(line_item_unblended_cost) DESC) AS place
FROM cur
WHERE line_item_product_code = 'AmazonEC2' AND line_item_usage_type NOT LIKE '%BoxUsage%' AND line_item_usage_type NOT LIKE '%SpotUsage%'
  AND line_item_line_item_type = 'Usage'
GROUP BY 1, 2
ORDER BY line_item_usage_account_id, place, category
