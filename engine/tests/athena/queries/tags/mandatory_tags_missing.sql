SELECT *
FROM (
  SELECT
    line_item_usage_account_id AS account,
    line_item_resource_id AS resource,
    array_join(ARRAY[
      CASE WHEN max(resource_tags_user_team) IS NULL THEN 'team' END,
      CASE WHEN max(resource_tags_user_env) IS NULL THEN 'env' END,
      CASE WHEN max(resource_tags_user_cost_center) IS NULL THEN 'cost_center' END], ', ') AS missing,
    sum(line_item_unblended_cost) AS cost
  FROM cur
  WHERE line_item_line_item_type = 'Usage' AND line_item_resource_id IS NOT NULL AND product_product_family = 'Compute Instance'
  GROUP BY 1, 2
)
WHERE missing <> ''
ORDER BY cost DESC, resource
LIMIT 20
