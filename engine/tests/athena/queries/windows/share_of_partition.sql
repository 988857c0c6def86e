SELECT
  product_region,
  line_item_product_code,
  sum(line_item_unblended_cost) AS cost,
  CAST(sum(line_item_unblended_cost) AS double) / nullif(CAST(sum(sum(line_item_unblended_cost)) OVER (PARTITION BY product_region) AS double), 0E0) AS share_of_region,
  count(*) OVER (PARTITION BY product_region) AS services_of_region
FROM cur
WHERE line_item_line_item_type = 'Usage'
GROUP BY product_region, line_item_product_code
ORDER BY product_region NULLS LAST, cost DESC, line_item_product_code
