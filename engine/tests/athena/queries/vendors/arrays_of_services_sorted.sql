-- answer: by hand
SELECT line_item_usage_account_id,
  array_join(array_sort(array_agg(DISTINCT line_item_product_code), (a, b) -> IF(length(a) < length(b), 1, IF(length(a) = length(b), IF(a < b, -1, IF(a = b, 0, 1)), -1))), ', ') AS longest_first,
  reduce(array_agg(CAST(line_item_unblended_cost AS double) ORDER BY identity_line_item_id), 0E0, (s, x) -> s + IF(x > 0, x, 0E0), s -> round(s, 6)) AS positive
FROM cur
WHERE line_item_line_item_type IN ('Usage', 'EdpDiscount')
GROUP BY 1
ORDER BY 1
LIMIT 8
