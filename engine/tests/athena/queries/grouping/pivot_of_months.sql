SELECT
  product_product_name,
  SUM(CASE WHEN month = '9' THEN line_item_unblended_cost END) AS "Sep 2026",
  SUM(CASE WHEN month = '10' THEN line_item_unblended_cost END) AS "Oct 2026",
  SUM(CASE WHEN month = '11' THEN line_item_unblended_cost END) AS "Nov 2026",
  COALESCE(SUM(CASE WHEN month = '10' THEN line_item_unblended_cost END), 0) - COALESCE(SUM(CASE WHEN month = '9' THEN line_item_unblended_cost END), 0) AS "Change"
FROM cur
WHERE year = '2026'
GROUP BY product_product_name
ORDER BY "Change" DESC, product_product_name
