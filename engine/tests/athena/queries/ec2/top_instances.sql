SELECT *
FROM (
  SELECT
    line_item_resource_id,
    arbitrary(line_item_usage_account_id) AS account,
    max_by(product_instance_type, line_item_usage_start_date) AS last_type,
    min(line_item_usage_start_date) AS first_seen,
    max(line_item_usage_end_date) AS last_seen,
    sum(line_item_unblended_cost) AS cost,
    rank() OVER (ORDER BY sum(line_item_unblended_cost) DESC) AS cost_rank
  FROM cur
  WHERE line_item_resource_id LIKE 'i-%' AND product_instance_type IS NOT NULL AND year = '2026' AND (month = '10' OR month = '010')
  GROUP BY line_item_resource_id
) AS ranked
WHERE cost_rank <= 10
ORDER BY cost_rank, line_item_resource_id
