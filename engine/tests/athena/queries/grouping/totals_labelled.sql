SELECT
  CASE WHEN grouping(month) = 1 THEN 'all months' ELSE month END AS month_label,
  CASE WHEN grouping(line_item_line_item_type) = 1 THEN 'all types' ELSE line_item_line_item_type END AS type_label,
  sum(line_item_unblended_cost) AS cost,
  count(*) FILTER (WHERE line_item_unblended_cost < 0) AS negative_items
FROM cur
WHERE report = 'legacy'
GROUP BY GROUPING SETS ((month, line_item_line_item_type), (month), ())
ORDER BY grouping(month), grouping(line_item_line_item_type), month, cost DESC, type_label
