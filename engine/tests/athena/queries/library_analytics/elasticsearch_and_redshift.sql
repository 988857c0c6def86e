SELECT
  bill_payer_account_id,
  line_item_usage_account_id,
  SPLIT_PART(line_item_resource_id,':',7) AS split_line_item_resource_id,
  DATE_FORMAT((line_item_usage_start_date),'%Y-%m-%d') AS day_line_item_usage_start_date,
  product_product_family,
  product_instance_family,
  product_instance_type,
  CASE
    WHEN (line_item_line_item_type = 'DiscountedUsage' AND product_instance_type <> '') THEN 'Reserved Instances'
    WHEN (line_item_line_item_type = 'Usage' AND product_instance_type <> '') THEN 'On-Demand Instances'
    WHEN line_item_usage_type LIKE '%PaidComputeSnapshot%' THEN 'Snapshots'
    ELSE 'Others'
  END AS case_purchase_option,
  SUM(CAST(line_item_usage_amount AS DOUBLE)) AS sum_line_item_usage_amount,
  SUM(CASE
    WHEN ("line_item_line_item_type" = 'DiscountedUsage') THEN "reservation_effective_cost"
    ELSE "line_item_unblended_cost" END) AS sum_amortized,
  SUM(CAST(pricing_public_on_demand_cost AS DOUBLE)) AS od
FROM cur
WHERE line_item_product_code IN ('AmazonES', 'AmazonRedshift', 'AmazonRDS', 'AmazonElastiCache')
  AND (product_product_family NOT IN ('Data Transfer') OR product_product_family IS NULL)
  AND line_item_line_item_type IN ('DiscountedUsage', 'Usage', 'Fee', 'RIFee')
GROUP BY
  bill_payer_account_id,
  line_item_usage_account_id,
  SPLIT_PART(line_item_resource_id,':',7),
  DATE_FORMAT((line_item_usage_start_date),'%Y-%m-%d'),
  product_product_family,
  product_instance_family,
  product_instance_type,
  CASE
    WHEN (line_item_line_item_type = 'DiscountedUsage' AND product_instance_type <> '') THEN 'Reserved Instances'
    WHEN (line_item_line_item_type = 'Usage' AND product_instance_type <> '') THEN 'On-Demand Instances'
    WHEN line_item_usage_type LIKE '%PaidComputeSnapshot%' THEN 'Snapshots'
    ELSE 'Others'
  END
ORDER BY
  day_line_item_usage_start_date,
  product_product_family,
  sum_line_item_usage_amount,
  split_line_item_resource_id, 2, 7, sum_amortized DESC;
