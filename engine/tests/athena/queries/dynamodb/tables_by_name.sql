SELECT
  split_part(line_item_resource_id, ':', 4) AS region,
  element_at(split(line_item_resource_id, '/'), -1) AS table_name,
  split(line_item_resource_id, ':')[5] AS account,
  array_join(array_agg(DISTINCT line_item_operation ORDER BY line_item_operation), ', ') AS operations,
  sum(line_item_unblended_cost) AS cost
FROM cur
WHERE line_item_product_code = 'AmazonDynamoDB' AND line_item_resource_id LIKE 'arn:aws:dynamodb:%'
GROUP BY 1, 2, 3
ORDER BY cost DESC, 3
