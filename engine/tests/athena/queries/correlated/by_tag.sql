SELECT line_item_resource_id, line_item_unblended_cost,
  (SELECT count(DISTINCT b.line_item_resource_id) FROM cur2 b WHERE b.resource_tags['user_team'] = a.resource_tags['user_team']) AS of_the_team
FROM cur2 a
WHERE line_item_unblended_cost > 50
ORDER BY line_item_unblended_cost DESC, line_item_resource_id, 3
