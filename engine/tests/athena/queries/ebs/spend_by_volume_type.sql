SELECT
  CASE
    WHEN line_item_usage_type LIKE '%gp2%' THEN 'General Purpose SSD (gp2)'
    WHEN line_item_usage_type LIKE '%gp3%' THEN 'General Purpose SSD (gp3)'
    WHEN line_item_usage_type LIKE '%piops%' THEN 'Provisioned IOPS SSD (io1)'
    WHEN line_item_usage_type LIKE '%Snapshot%' THEN 'Snapshots'
    WHEN line_item_usage_type LIKE '%VolumeUsage' THEN 'Magnetic'
    ELSE 'Other'
  END AS volume_type,
  pricing_unit,
  sum(line_item_usage_amount) AS amount,
  sum(line_item_unblended_cost) AS cost,
  sum(line_item_unblended_cost) / sum(line_item_usage_amount) AS price_per_unit
FROM cur
WHERE strpos(line_item_usage_type, 'EBS:') > 0
GROUP BY 1, 2
ORDER BY 1, 2
