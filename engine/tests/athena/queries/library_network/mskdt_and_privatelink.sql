SELECT
  CASE line_item_product_code
    WHEN 'AmazonEC2' THEN 'EC2' WHEN 'AmazonVPC' THEN 'VPC'
    WHEN 'AmazonS3' THEN 'S3' ELSE line_item_product_code END AS code,
  regexp_extract(line_item_usage_type, '^([A-Z]{2,4}[0-9]?)-([A-Z]{2,4}[0-9]?)-AWS-(In|Out)-Bytes', 2) AS peer,
  regexp_replace(line_item_usage_type, '^[A-Z]{3,4}[0-9]-', '') AS bare_usage_type,
  array_agg(DISTINCT coalesce(nullif(product_region, ''), 'global') ORDER BY coalesce(nullif(product_region, ''), 'global')) AS regions,
  SUM(line_item_usage_amount) AS gb,
  SUM(line_item_unblended_cost) AS cost,
  SUM(line_item_unblended_cost) / NULLIF(SUM(line_item_usage_amount), 0) AS rate
FROM cur
WHERE (line_item_usage_type LIKE '%Bytes' OR line_item_operation IN ('VpcEndpoint', 'TransitGatewayVPC'))
GROUP BY 1, 2, 3
ORDER BY cost DESC, gb DESC, bare_usage_type, code
