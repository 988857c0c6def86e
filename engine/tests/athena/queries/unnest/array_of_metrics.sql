SELECT metric, sum(amount) AS total, count(amount) AS known
FROM cur
CROSS JOIN UNNEST(
  ARRAY['unblended', 'net', 'public'],
  ARRAY[line_item_unblended_cost, line_item_net_unblended_cost, pricing_public_on_demand_cost]
) AS t (metric, amount)
GROUP BY metric
ORDER BY metric
