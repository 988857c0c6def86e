SELECT
  line_item_line_item_type,
  greatest(max(line_item_unblended_cost), max(reservation_effective_cost)) AS greatest_or_null,
  least(min(line_item_unblended_cost), min(savings_plan_savings_plan_effective_cost)) AS least_or_null,
  greatest(max(line_item_unblended_cost), 0) AS at_least_zero,
  greatest(min(line_item_product_code), max(line_item_product_code)) AS greatest_text
FROM cur
GROUP BY line_item_line_item_type
ORDER BY 1
