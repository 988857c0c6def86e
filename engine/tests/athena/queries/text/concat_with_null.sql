SELECT
  concat(line_item_usage_account_id, '/', resource_tags_user_team) AS concat_null,
  line_item_usage_account_id || '/' || resource_tags_user_team AS pipes_null,
  concat(coalesce(resource_tags_user_team, 'nobody'), '@', line_item_usage_account_id) AS filled,
  concat_ws('/', line_item_usage_account_id, resource_tags_user_team) AS ws,
  count(*) AS n
FROM cur
WHERE report = 'legacy' AND line_item_product_code = 'AmazonS3'
GROUP BY line_item_usage_account_id, resource_tags_user_team
ORDER BY 3
