SELECT
  if(line_item_unblended_cost > 1, 'dear', if(line_item_unblended_cost > 0, 'cheap', if(line_item_unblended_cost < 0, 'negative', 'free'))) AS class,
  if(count(*) > 1000, 'many') AS many,
  nullif(max(line_item_line_item_type), 'Usage') AS other_type,
  sum(if(line_item_unblended_cost > 1, 1)) AS dear_items,
  count(*) AS n
FROM cur
GROUP BY 1
ORDER BY 1
