SELECT
  split_part(billing_period, '-', 1) "year",
  (CASE WHEN ("product_servicecode" = '') THEN "line_item_product_code" ELSE "product_servicecode" END) "product_code",
  (CASE WHEN ("line_item_resource_id" = '') THEN 'none' ELSE 'some' END) "resource",
  (CASE "pricing_term" WHEN 'OnDemand' THEN 'OnDemand' WHEN 'Reserved' THEN 'Reserved' WHEN '' THEN 'Fee' ELSE 'Unknown' END) "term",
  count(*) "rows_",
  sum("line_item_unblended_cost") "cost"
FROM "cur"
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4
