SELECT
  line_item_product_code,
  items,
  rank() OVER (ORDER BY items DESC) AS r,
  dense_rank() OVER (ORDER BY items DESC) AS dr,
  row_number() OVER (ORDER BY items DESC, line_item_product_code) AS rn,
  ntile(4) OVER (ORDER BY items DESC, line_item_product_code) AS quartile,
  percent_rank() OVER (ORDER BY items) AS pr,
  cume_dist() OVER (ORDER BY items) AS cd
FROM (SELECT line_item_product_code, count(*) AS items FROM cur GROUP BY 1)
ORDER BY rn
