SELECT
  line_item_product_code,
  sum(line_item_unblended_cost) AS cost,
  (SELECT sum(line_item_unblended_cost) FROM cur) AS everything,
  CAST(sum(line_item_unblended_cost) AS double) / (SELECT CAST(sum(line_item_unblended_cost) AS double) FROM cur) AS share
FROM cur
GROUP BY line_item_product_code
HAVING sum(line_item_unblended_cost) > (SELECT avg(line_item_unblended_cost) FROM cur) * 10
ORDER BY cost DESC
