SELECT
  bill_payer_account_id,
  line_item_usage_account_id,
  DATE_FORMAT(line_item_usage_start_date,'%Y-%m-%d') AS date_line_item_usage_start_date,
  CASE
    WHEN line_item_product_code = 'AmazonCloudFront' AND  product_transfer_type LIKE ('%Origin%') THEN 'CloudFront to Origin'
    WHEN line_item_usage_type LIKE '%DataTransfer-Regional-Bytes%' THEN 'Inter AZ Data Transfer'
    WHEN line_item_usage_type LIKE '%DataTransfer-In-Bytes%' OR line_item_usage_type LIKE '%CloudFront-In-Bytes%' THEN 'Data Transfer IN'
    WHEN line_item_usage_type LIKE '%DataTransfer-Out-Bytes%' THEN 'Data Transfer to Internet'
    WHEN line_item_usage_type LIKE ('%AWS-In-%') OR line_item_usage_type LIKE '%AWS-Out-%' THEN 'Inter-Region'
    WHEN line_item_usage_type LIKE '%NatGateway-Bytes%' THEN 'NAT Gateway'
    ELSE concat('Other: ', coalesce(product_transfer_type, 'none'))
  END AS case_line_item_usage_type,
  SUM(CAST(line_item_usage_amount AS DOUBLE))/1024 AS TBs,
  SUM(CAST(line_item_unblended_cost AS DECIMAL(16,8))) AS sum_line_item_unblended_cost
FROM cur
WHERE line_item_usage_type LIKE '%Bytes%'
  AND line_item_usage_type NOT LIKE '%ByteHrs%'
  AND line_item_line_item_type NOT IN ('Tax','Credit','Refund','EdpDiscount','Fee','RIFee')
GROUP BY
  bill_payer_account_id, line_item_usage_account_id, DATE_FORMAT(line_item_usage_start_date,'%Y-%m-%d'), 4
ORDER BY sum_line_item_unblended_cost DESC, TBs DESC, 3, 4, 2;
