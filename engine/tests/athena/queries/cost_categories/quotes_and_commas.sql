SELECT
  cost_category_cost_center,
  split_part(cost_category_cost_center, ', ', 1) AS first_part,
  split_part(cost_category_cost_center, ', ', 2) AS second_part,
  split_part(cost_category_cost_center, ', ', 3) AS third_part,
  regexp_replace(cost_category_cost_center, '"([^"]*)"', '<$1>') AS quotes_replaced,
  strpos(cost_category_cost_center, ',') AS comma_at,
  count(*) AS n
FROM cur
GROUP BY 1
ORDER BY 1
