SELECT DISTINCT
  line_item_resource_id,
  cardinality(filter(map_keys(resource_tags), k -> k LIKE 'user%')) AS own_tags,
  array_join(array_sort(transform(map_values(resource_tags), v -> concat(line_item_usage_account_id, ':', v))), ', ') AS shared_with,
  any_match(map_values(resource_tags), v -> v = line_item_product_code OR v = 'payments') AS pays
FROM cur2
WHERE billing_period = '2026-10' AND any_match(map_keys(resource_tags), k -> k LIKE '%team')
ORDER BY 1, 2, 3, 4
LIMIT 20;
