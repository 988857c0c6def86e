WITH units AS (
  SELECT
    line_item_usage_account_id,
    sum(CASE WHEN line_item_usage_type LIKE '%Read%' THEN line_item_unblended_cost ELSE 0 END) AS reads,
    sum(CASE WHEN line_item_usage_type LIKE '%Write%' THEN line_item_unblended_cost ELSE 0 END) AS writes
  FROM cur
  WHERE line_item_product_code = 'AmazonDynamoDB'
  GROUP BY line_item_usage_account_id
)
SELECT line_item_usage_account_id, reads, writes,
  CASE WHEN writes <> 0 THEN CAST(reads AS double) / CAST(writes AS double) END AS ratio,
  least(reads, writes) AS lesser
FROM units
ORDER BY 1
