SELECT
  line_item_usage_account_id,
  CONCAT(SPLIT_PART(line_item_usage_type, ':', 2), ' (', COALESCE(product_operating_system, 'unknown'), ')') AS spot_instance,
  ROUND(SUM(line_item_usage_amount), 2) hours,
  TRY_CAST(SUM(pricing_public_on_demand_cost) AS DECIMAL(16,2)) AS od_cost,
  TRY_CAST(SUM(line_item_unblended_cost) AS DECIMAL(16,2)) AS spot_cost,
  TRY_CAST((1 - (SUM(line_item_unblended_cost) / NULLIF(SUM(pricing_public_on_demand_cost), 0))) * 100 AS INTEGER) AS pct
FROM "athenacurcfn_cur"."cur"
WHERE line_item_usage_type LIKE '%SpotUsage%' AND line_item_product_code = 'AmazonEC2' AND line_item_line_item_type = 'Usage'
GROUP BY 1, 2
ORDER BY od_cost DESC, 1
