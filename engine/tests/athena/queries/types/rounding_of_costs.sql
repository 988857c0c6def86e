SELECT
  line_item_product_code,
  round(sum(line_item_unblended_cost), 4) AS four,
  round(sum(line_item_unblended_cost)) AS whole,
  abs(sum(line_item_unblended_cost)) AS magnitude,
  CAST(sign(CAST(sum(line_item_unblended_cost) AS double)) AS integer) AS direction,
  sqrt(abs(CAST(sum(line_item_unblended_cost) AS double))) AS root,
  power(2, 10) AS kibi
FROM cur
GROUP BY 1
ORDER BY 1
