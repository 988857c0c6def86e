WITH gateways AS (
  SELECT
    line_item_resource_id,
    split_part(split_part(line_item_resource_id, ':', 6), '/', 2) AS gateway,
    product_region,
    sum(CASE WHEN line_item_usage_type LIKE '%Hours' THEN line_item_usage_amount ELSE 0 END) AS hours,
    sum(CASE WHEN line_item_usage_type LIKE '%Bytes' THEN line_item_usage_amount ELSE 0 END) AS gigabytes,
    sum(line_item_unblended_cost) AS cost
  FROM cur
  WHERE line_item_operation = 'NatGateway'
  GROUP BY 1, 2, 3
)
SELECT gateway, product_region, hours, gigabytes, cost, CASE WHEN gigabytes < 1 THEN 'idle' WHEN hours = 0 THEN 'no hours' ELSE 'busy' END AS state
FROM gateways
ORDER BY state, cost DESC, gateway, product_region
