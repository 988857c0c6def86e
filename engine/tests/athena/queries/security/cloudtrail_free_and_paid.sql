SELECT
  line_item_usage_account_id,
  sum(CASE WHEN line_item_usage_type LIKE '%FreeEvents%' THEN line_item_usage_amount ELSE 0 END) AS free_events,
  sum(CASE WHEN line_item_usage_type LIKE '%PaidEvents%' THEN line_item_usage_amount ELSE 0 END) AS paid_events,
  sum(line_item_unblended_cost) AS cost,
  bool_and(line_item_unblended_cost > 0) AS all_paid,
  bool_or(line_item_unblended_cost > 0) AS any_paid
FROM cur
WHERE product_product_name = 'AWS CloudTrail'
GROUP BY ROLLUP (line_item_usage_account_id)
ORDER BY line_item_usage_account_id NULLS LAST
