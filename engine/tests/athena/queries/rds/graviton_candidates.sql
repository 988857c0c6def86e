SELECT
  line_item_resource_id,
  replace(line_item_usage_type, 'USW2-') AS type_without_region,
  regexp_replace(line_item_usage_type, '^.*:db\.([a-z]+)([0-9]+)([a-z]*)\.(.*)$', 'db.$1$2g.$4') AS candidate,
  sum(line_item_unblended_cost) AS cost,
  sum(line_item_unblended_cost) * 0.1 AS assumed_savings
FROM cur
WHERE line_item_product_code = 'AmazonRDS' AND line_item_usage_type LIKE '%:db.%'
GROUP BY 1, 2, 3
ORDER BY cost DESC, 1, 2
