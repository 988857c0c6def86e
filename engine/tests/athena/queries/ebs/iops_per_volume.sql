WITH volumes AS (
  SELECT
    line_item_resource_id AS volume_id,
    sum(line_item_usage_amount) FILTER (WHERE line_item_usage_type LIKE '%VolumeUsage.piops') AS gb_months,
    sum(line_item_usage_amount) FILTER (WHERE line_item_usage_type LIKE '%VolumeP-IOPS.piops') AS iops_months,
    sum(line_item_unblended_cost) AS cost
  FROM cur
  WHERE line_item_operation = 'CreateVolume-P-IOPS'
  GROUP BY line_item_resource_id
)
SELECT volume_id, gb_months, iops_months, cost,
  iops_months / gb_months AS iops_per_gb,
  CASE WHEN gb_months IS NULL THEN 'no storage' WHEN iops_months IS NULL THEN 'no iops' ELSE 'both' END AS seen
FROM volumes
ORDER BY cost DESC, volume_id
