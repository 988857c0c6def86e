SELECT tags['user_team'] AS team, count(*) AS line_items, sum(unblended_cost) AS unblended_cost
FROM costs GROUP BY tags['user_team'] ORDER BY team
