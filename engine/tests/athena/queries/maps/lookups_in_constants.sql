SELECT
  line_item_line_item_type AS type,
  coalesce(element_at(MAP(ARRAY['Usage', 'Tax', 'Credit'], ARRAY['use', 'government', 'gift']), line_item_line_item_type), 'other') AS kind,
  count(*) AS n
FROM cur
GROUP BY line_item_line_item_type
ORDER BY kind, type
