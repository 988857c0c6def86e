SELECT month, count(*) AS groups, max(cost) AS most
FROM (
  SELECT month, service, cost
  FROM (
    SELECT DISTINCT m.month, s.service, s.cost
    FROM (SELECT DISTINCT month FROM cur) m
    CROSS JOIN (SELECT line_item_product_code AS service, sum(line_item_unblended_cost) AS cost FROM cur GROUP BY 1) s
  ) pairs
) t
GROUP BY month, service
ORDER BY month, most, groups
