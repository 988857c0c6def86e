WITH b AS (
  SELECT
    line_item_resource_id,
    sum(CASE WHEN line_item_usage_type LIKE '%TimedStorage%' THEN line_item_unblended_cost ELSE 0 END) AS storage_cost,
    sum(CASE WHEN line_item_usage_type LIKE '%Requests%' THEN line_item_unblended_cost ELSE 0 END) AS request_cost,
    sum(CASE WHEN line_item_usage_type LIKE '%Out-Bytes' THEN line_item_unblended_cost ELSE 0 END) AS transfer_cost
  FROM cur
  WHERE line_item_product_code = 'AmazonS3' AND line_item_resource_id IS NOT NULL
  GROUP BY line_item_resource_id
)
SELECT
  line_item_resource_id,
  storage_cost, request_cost, transfer_cost,
  greatest(storage_cost, request_cost, transfer_cost) AS most,
  CASE greatest(storage_cost, request_cost, transfer_cost)
    WHEN storage_cost THEN 'storage' WHEN request_cost THEN 'requests' ELSE 'transfer' END AS driven_by
FROM b
WHERE storage_cost + request_cost + transfer_cost > 0
ORDER BY most DESC, line_item_resource_id
LIMIT 20
