SELECT resource_tags_user_team AS team, sum(line_item_unblended_cost) AS cost, max(savings_plan_savings_plan_effective_cost) AS sp
FROM cur
GROUP BY resource_tags_user_team
ORDER BY sp DESC, team DESC
