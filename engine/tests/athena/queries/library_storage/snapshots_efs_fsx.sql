SELECT
  bill_payer_account_id,
  line_item_usage_account_id,
  DATE_FORMAT("line_item_usage_start_date",'%Y-%m-%d') AS day_line_item_usage_start_date,
  product_product_name,
  pricing_unit,
  SPLIT_PART(line_item_resource_id, '/', 2) AS split_line_item_resource_id,
  CASE
    WHEN line_item_usage_type LIKE '%EBS:SnapshotUsage%' THEN CASE WHEN line_item_usage_type LIKE '%Archive%' THEN 'Snapshot Archive' ELSE 'Snapshot' END
    WHEN product_storage_class IS NOT NULL THEN CASE product_storage_class WHEN 'Infrequent Access' THEN 'IA' WHEN 'Archive' THEN 'Glacier' ELSE product_storage_class END
    ELSE 'n/a'
  END AS tier,
  SUM(line_item_usage_amount) AS usage,
  SUM(line_item_unblended_cost) AS cost
FROM cur
WHERE (product_product_family LIKE '%Storage%' OR line_item_usage_type LIKE '%Snapshot%')
  AND line_item_usage_start_date BETWEEN CAST('2026-09-01 00:00:00.000' AS timestamp) AND TIMESTAMP '2026-10-31 23:59:59.999'
GROUP BY 1,2,3,4,5,6,7
ORDER BY cost DESC, usage DESC, 3, 4, 6, 2
LIMIT 50
