WITH spot AS (
  SELECT
    line_item_usage_account_id AS account_id,
    regexp_extract(line_item_usage_type, '^(?:([A-Z0-9]+)-)?SpotUsage:(.+)$', 2) AS instance_type,
    product_region,
    sum(line_item_usage_amount) AS hours,
    sum(line_item_unblended_cost) AS spot_cost,
    sum(pricing_public_on_demand_cost) AS on_demand_cost
  FROM cur
  WHERE year = '2026'
    AND line_item_usage_type LIKE '%SpotUsage%'
    AND line_item_line_item_type = 'Usage'
  GROUP BY 1, 2, 3
)
SELECT
  account_id,
  instance_type,
  coalesce(product_region, 'unknown') AS region,
  hours,
  spot_cost,
  on_demand_cost,
  on_demand_cost - spot_cost AS savings,
  round(CAST(1.0 AS double) * (on_demand_cost - spot_cost) / nullif(on_demand_cost, 0) * 100, 2) AS savings_percent
FROM spot
ORDER BY savings DESC, account_id, instance_type, region
