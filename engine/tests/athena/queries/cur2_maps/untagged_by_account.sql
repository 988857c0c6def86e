SELECT
  line_item_usage_account_id,
  line_item_usage_account_name,
  count_if(cardinality(resource_tags) = 0) AS without_tags,
  count_if(resource_tags['user_team'] IS NULL) AS without_team,
  sum(if(resource_tags['user_team'] IS NULL, line_item_unblended_cost, 0)) AS untagged_cost,
  count(*) AS n
FROM cur2
GROUP BY line_item_usage_account_id, line_item_usage_account_name
ORDER BY untagged_cost DESC, 1, 2
