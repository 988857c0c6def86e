SELECT
  bill_payer_account_id,
  line_item_usage_account_id,
  DATE_FORMAT(line_item_usage_start_date,'%Y-%m') AS month_line_item_usage_start_date,
  CASE
    WHEN line_item_resource_id LIKE 'arn%' THEN CONCAT(SPLIT_PART(line_item_resource_id,'/',2),' - ',product_location)
    ELSE CONCAT(line_item_resource_id,' - ',product_location)
  END AS line_item_resource_id,
  CASE
    WHEN product_attachment_type is NULL THEN 'No Attachment'
    ELSE product_attachment_type
  END AS product_attachment_type,
  pricing_unit,
  CASE
    WHEN pricing_unit = 'hour' THEN 'Hourly charges'
    WHEN pricing_unit = 'GigaBytes' THEN 'Data processing charges'
  END AS case_pricing_unit,
  SUM(CAST(line_item_unblended_cost AS DECIMAL(16,8))) AS sum_line_item_unblended_cost
FROM cur
WHERE product_group = 'AWSTransitGateway' OR line_item_usage_type LIKE '%TransitGateway%'
  AND line_item_line_item_type IN ('DiscountedUsage', 'Usage', 'SavingsPlanCoveredUsage')
GROUP BY
  bill_payer_account_id,
  line_item_usage_account_id,
  DATE_FORMAT(line_item_usage_start_date,'%Y-%m'),
  line_item_resource_id,
  product_attachment_type,
  pricing_unit,
  product_location
ORDER BY
  sum_line_item_unblended_cost DESC,
  month_line_item_usage_start_date,
  sum_line_item_unblended_cost, line_item_usage_account_id, 4
