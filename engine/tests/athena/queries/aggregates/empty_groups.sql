-- rows: any order
SELECT
  count(*) AS n,
  sum(line_item_unblended_cost) AS total,
  max(line_item_usage_type) AS greatest,
  avg(line_item_unblended_cost) AS mean,
  array_agg(line_item_usage_type) AS list,
  coalesce(sum(line_item_unblended_cost), 0) AS filled,
  count_if(line_item_unblended_cost > 0) AS positive,
  bool_and(line_item_unblended_cost > 0) AS every_one
FROM cur
WHERE line_item_product_code = 'AmazonNoSuchService'
