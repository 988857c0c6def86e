SELECT
  month,
  count_if(line_item_usage_type LIKE '%Storage%') AS storage_items,
  count_if(line_item_usage_type LIKE '%IO%') AS io_items,
  sum(CASE WHEN line_item_usage_type LIKE '%StorageIO%' THEN line_item_usage_amount END) AS ios,
  sum(CASE WHEN line_item_usage_type LIKE '%GP2-Storage' THEN line_item_usage_amount END) AS gp2_gb_months,
  sum(CASE WHEN line_item_usage_type LIKE '%NoSuchThing%' THEN line_item_usage_amount END) AS nothing
FROM cur
WHERE line_item_product_code = 'AmazonRDS'
GROUP BY month
ORDER BY CAST(month AS integer)
