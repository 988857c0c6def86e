SELECT
  line_item_product_code,
  max_by(identity_line_item_id, line_item_unblended_cost) AS dearest_item,
  max(line_item_unblended_cost) AS dearest,
  max_by(line_item_usage_type, identity_line_item_id) AS type_of_last_id,
  min_by(line_item_usage_type, identity_line_item_id) AS type_of_first_id,
  max_by(resource_tags_user_team, identity_line_item_id) AS team_of_last_id
FROM cur
WHERE line_item_product_code IN ('AWSGlue', 'AmazonAthena', 'AmazonEKS') AND identity_line_item_id LIKE 'made%'
  AND (line_item_product_code, line_item_unblended_cost) IN (
    SELECT line_item_product_code, line_item_unblended_cost FROM cur GROUP BY 1, 2 HAVING count(*) = 1)
GROUP BY line_item_product_code
ORDER BY 1
