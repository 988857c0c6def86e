SELECT resource_tags_user_env,
  SUM(CASE WHEN resource_tags_user_team = 'payments' THEN line_item_unblended_cost ELSE 0 END) AS "payments",
  SUM(CASE WHEN lower(resource_tags_user_team) = 'search' THEN line_item_unblended_cost ELSE 0 END) AS "search",
  SUM(CASE WHEN COALESCE(resource_tags_user_team, '') NOT IN ('payments', 'search', 'Search') THEN line_item_unblended_cost ELSE 0 END) AS "others"
FROM "athenacurcfn_acme"."cur"
WHERE ((bill_billing_period_start_date >= date_trunc('month', date_add('month', -1, timestamp '2026-10-20 00:00:00'))))
GROUP BY resource_tags_user_env
ORDER BY resource_tags_user_env NULLS FIRST
