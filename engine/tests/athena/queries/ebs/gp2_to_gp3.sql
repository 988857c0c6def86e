SELECT
  line_item_usage_account_id,
  DATE_FORMAT(line_item_usage_start_date, '%Y-%m') AS usage_month,
  product_region,
  sum(CASE WHEN line_item_usage_type LIKE '%VolumeUsage.gp2' THEN line_item_usage_amount ELSE 0 END) AS gp2_gb_months,
  sum(CASE WHEN line_item_usage_type LIKE '%VolumeUsage.gp3' THEN line_item_usage_amount ELSE 0 END) AS gp3_gb_months,
  sum(CASE WHEN line_item_usage_type LIKE '%VolumeUsage.gp2' THEN line_item_unblended_cost ELSE 0 END) AS gp2_cost,
  sum(CASE WHEN line_item_usage_type LIKE '%VolumeUsage.gp2' THEN line_item_unblended_cost * 0.2 END) AS gp3_savings
FROM cur
WHERE line_item_usage_type LIKE '%EBS:VolumeUsage%'
  AND line_item_product_code = 'AmazonEC2'
GROUP BY 1, 2, 3
ORDER BY gp2_cost DESC, 1, 2, 3
