WITH ranked AS (
  SELECT line_item_product_code AS code, sum(line_item_unblended_cost) AS cost, row_number() OVER (ORDER BY sum(line_item_unblended_cost) DESC, line_item_product_code) AS r
  FROM cur GROUP BY 1)
SELECT CASE WHEN r <= 5 THEN code ELSE 'Others' END AS code, sum(cost) AS cost, count(*) AS n
FROM ranked GROUP BY CASE WHEN r <= 5 THEN code ELSE 'Others' END
ORDER BY min(r)
