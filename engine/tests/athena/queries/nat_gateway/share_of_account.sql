SELECT a.line_item_usage_account_id, a.nat_cost, b.cost AS account_cost, round(CAST(a.nat_cost AS double) / CAST(b.cost AS double) * 100, 6) AS percent
FROM (
  SELECT line_item_usage_account_id, sum(line_item_unblended_cost) AS nat_cost
  FROM cur WHERE line_item_usage_type LIKE '%NatGateway%' GROUP BY 1
) a
JOIN (
  SELECT line_item_usage_account_id, sum(line_item_unblended_cost) AS cost FROM cur GROUP BY 1
) b USING (line_item_usage_account_id)
ORDER BY percent DESC
