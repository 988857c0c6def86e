SELECT
  line_item_line_item_type,
  count(*) AS items,
  count(line_item_resource_id) AS with_resource,
  count(*) - count(line_item_resource_id) AS without_resource,
  count(DISTINCT line_item_usage_account_id) AS accounts,
  sum(line_item_unblended_cost) AS unblended,
  sum(line_item_blended_cost) AS blended,
  sum(line_item_net_unblended_cost) AS net,
  min(line_item_unblended_cost) AS least,
  max(line_item_unblended_cost) AS most
FROM cur
GROUP BY line_item_line_item_type
ORDER BY line_item_line_item_type
