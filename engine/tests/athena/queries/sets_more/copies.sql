SELECT 'more in september' AS what, service FROM (
  SELECT line_item_product_code AS service FROM cur WHERE month = '9' AND line_item_unblended_cost > 0
  EXCEPT ALL
  SELECT line_item_product_code FROM cur WHERE month = '10' AND line_item_unblended_cost > 0
) t
UNION ALL
SELECT 'in both', service FROM (
  SELECT line_item_product_code AS service FROM cur WHERE month = '9' AND line_item_unblended_cost > 10
  INTERSECT ALL
  SELECT line_item_product_code FROM cur WHERE month = '10' AND line_item_unblended_cost > 1
) t
ORDER BY 1, 2
