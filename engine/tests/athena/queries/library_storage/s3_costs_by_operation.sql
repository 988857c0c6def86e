SELECT
  bill_payer_account_id,
  line_item_usage_account_id,
  line_item_resource_id,
  line_item_operation,
  CASE
    WHEN line_item_usage_type LIKE '%EarlyDelete%' THEN 'Early Delete'
    WHEN line_item_usage_type LIKE '%Requests%' THEN 'Requests'
    WHEN regexp_like(line_item_usage_type, 'TimedStorage-?.*-?ByteHrs') THEN 'Storage'
    ELSE 'Other' END AS case_line_item_operation,
  SUM(CASE WHEN pricing_unit = 'GB-Mo' THEN line_item_usage_amount WHEN pricing_unit = 'Byte-Hrs' THEN line_item_usage_amount / POWER(1024, 3) / 720 ELSE 0 END) AS gb,
  SUM(CAST(line_item_unblended_cost AS DECIMAL(16,8))) AS sum_line_item_unblended_cost,
  RANK() OVER (PARTITION BY line_item_usage_account_id ORDER BY SUM(CAST(line_item_unblended_cost AS DECIMAL(16,8))) DESC) AS r,
  SUM(SUM(line_item_unblended_cost)) OVER (PARTITION BY line_item_usage_account_id) AS account_total
FROM cur
WHERE line_item_product_code = 'AmazonS3' AND line_item_line_item_type  in ('DiscountedUsage', 'Usage', 'SavingsPlanCoveredUsage')
GROUP BY 1, 2, 3, 4, 5
ORDER BY sum_line_item_unblended_cost DESC, gb, 2, 3, 4
