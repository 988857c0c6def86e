SELECT
  COALESCE(line_item_line_item_type, 'All types') AS type,
  COALESCE(bill_billing_entity, 'All entities') AS entity,
  SUM(line_item_unblended_cost) AS cost,
  GROUPING(line_item_line_item_type, bill_billing_entity) AS level
FROM cur
GROUP BY ROLLUP (line_item_line_item_type, bill_billing_entity)
ORDER BY level, 1, 2
