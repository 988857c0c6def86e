SELECT
  line_item_line_item_type,
  sum(coalesce(reservation_effective_cost, savings_plan_savings_plan_effective_cost, line_item_unblended_cost, 0)) AS effective,
  coalesce(max(reservation_reservation_a_r_n), max(savings_plan_savings_plan_a_r_n), 'none') AS commitment,
  coalesce(max(try_cast(product_vcpu AS integer)), -1) AS vcpus,
  coalesce(CAST(max(pricing_term) AS varchar), 'n/a') AS term
FROM cur
WHERE report = 'legacy'
GROUP BY line_item_line_item_type
ORDER BY 1
