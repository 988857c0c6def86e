-- rows: any order
SELECT
  count(DISTINCT line_item_usage_account_id) AS accounts,
  count(DISTINCT line_item_product_code) AS services,
  count(DISTINCT product_region) AS regions,
  count(DISTINCT resource_tags_user_team) AS teams,
  count(DISTINCT coalesce(resource_tags_user_team, '')) AS teams_and_none,
  count(DISTINCT date(line_item_usage_start_date)) AS days,
  count(DISTINCT if(line_item_unblended_cost > 1, line_item_resource_id)) AS dear_resources,
  approx_distinct(bill_payer_account_id) AS payers
FROM cur
