SELECT
  date_format(line_item_usage_start_date, '%M') AS month_name,
  year(line_item_usage_start_date) AS year_no,
  month(line_item_usage_start_date) AS month_no,
  sum(line_item_usage_amount) AS hours,
  sum(line_item_unblended_cost) AS cost,
  sum(line_item_unblended_cost) / sum(line_item_usage_amount) AS per_hour
FROM cur
WHERE regexp_like(line_item_usage_type, 'PublicIPv4:Idle')
GROUP BY 1, 2, 3
ORDER BY 2, 3
