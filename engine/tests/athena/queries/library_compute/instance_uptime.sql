WITH
  hourly AS (
    SELECT line_item_resource_id, line_item_usage_account_id,
      date_trunc('hour', line_item_usage_start_date) AS "Hour",
      day_of_week(line_item_usage_start_date) AS dow,
      extract(HOUR FROM line_item_usage_start_date) AS h,
      max(product_instance_type) AS "Type",
      sum(line_item_unblended_cost) AS "Cost"
    FROM cur
    WHERE line_item_resource_id LIKE 'i-%'
    GROUP BY 1, 2, 3, 4, 5
  )
SELECT "type",
  COUNT(DISTINCT line_item_resource_id) instances,
  SUM(CASE WHEN dow IN (6, 7) OR h NOT BETWEEN 8 AND 18 THEN 1 ELSE 0 END) off_hours,
  SUM(CASE WHEN dow BETWEEN 1 AND 5 AND h BETWEEN 8 AND 18 THEN 1 ELSE 0 END) business_hours,
  CAST(SUM(CASE WHEN dow IN (6, 7) OR h NOT BETWEEN 8 AND 18 THEN "Cost" ELSE 0 END) AS DECIMAL(18, 4)) "off hours cost"
FROM hourly
GROUP BY "type"
HAVING COUNT(*) > 1
ORDER BY off_hours DESC, "TYPE"
