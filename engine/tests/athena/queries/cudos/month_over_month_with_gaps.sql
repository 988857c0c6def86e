SELECT COALESCE(a.product_product_name, b.product_product_name) AS product,
  ROUND(COALESCE(a.cost, 0), 6) AS september, ROUND(COALESCE(b.cost, 0), 6) AS october,
  ROUND(CAST(COALESCE(b.cost, 0) - COALESCE(a.cost, 0) AS double) / NULLIF(CAST(a.cost AS double), 0) * 100, 2) AS change_pct
FROM (SELECT product_product_name, SUM(line_item_unblended_cost) cost FROM cur WHERE year = '2026' AND month = '9' GROUP BY 1) a
FULL OUTER JOIN (SELECT product_product_name, SUM(line_item_unblended_cost) cost FROM cur WHERE year = '2026' AND month = '10' GROUP BY 1) b
  ON a.product_product_name = b.product_product_name
ORDER BY 1
