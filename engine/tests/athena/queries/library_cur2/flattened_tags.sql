SELECT
  bill_payer_account_id,
  line_item_usage_account_id,
  t.tag_key,
  count(DISTINCT t.tag_value) AS distinct_values,
  sum(line_item_unblended_cost) AS cost
FROM cur2
CROSS JOIN UNNEST(map_keys(resource_tags), map_values(resource_tags)) AS t(tag_key, tag_value)
WHERE cardinality(resource_tags) > 0 AND line_item_line_item_type = 'Usage'
GROUP BY 1, 2, 3
ORDER BY cost DESC, 2, 3
