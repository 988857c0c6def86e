SELECT
  line_item_usage_account_id,
  CAST(count(*) AS double) AS n_double,
  CAST(count(*) AS varchar) AS n_text,
  CAST(sum(line_item_unblended_cost) AS decimal(16, 2)) AS two_places,
  round(sum(line_item_unblended_cost), 2) AS rounded,
  CAST(round(CAST(sum(line_item_unblended_cost) AS double)) AS bigint) AS whole,
  CAST(true AS varchar) AS truth,
  typeof(count(*)) AS type_of_count
FROM cur
GROUP BY line_item_usage_account_id
ORDER BY 1
