SELECT
  product_instance_type_family family,
  date_format(line_item_usage_start_date, '%x-W%v') AS iso_week,
  sum(if(line_item_line_item_type = 'DiscountedUsage', line_item_normalized_usage_amount, 0)) AS ri_nu,
  sum(if(line_item_line_item_type = 'SavingsPlanCoveredUsage', line_item_usage_amount, 0)) AS sp_hours,
  sum(if(line_item_line_item_type = 'Usage', line_item_usage_amount)) AS od_hours,
  coalesce(sum(if(line_item_line_item_type = 'DiscountedUsage', line_item_usage_amount)), 0) * 1.0 / nullif(sum(line_item_usage_amount), 0) AS ri_coverage
FROM cur
WHERE product_instance_type IS NOT NULL AND line_item_operation LIKE 'RunInstances%'
GROUP BY 1, 2
ORDER BY 2, 1 NULLS LAST
