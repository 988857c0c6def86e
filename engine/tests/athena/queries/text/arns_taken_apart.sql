SELECT
  split_part(line_item_resource_id, ':', 3) AS service,
  split_part(line_item_resource_id, ':', 4) AS region,
  nullif(split_part(line_item_resource_id, ':', 5), '') AS account,
  cardinality(split(line_item_resource_id, ':')) AS parts,
  split_part(line_item_resource_id, ':', 9) IS NULL AS has_no_ninth,
  count(DISTINCT line_item_resource_id) AS resources
FROM cur
WHERE line_item_resource_id LIKE 'arn:aws:%'
GROUP BY 1, 2, 3, 4, 5
ORDER BY 1, 2, 3, 4
