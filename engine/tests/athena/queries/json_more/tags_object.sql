-- answer: by hand
SELECT json_object('team' VALUE resource_tags_user_team, 'env' VALUE resource_tags_user_env ABSENT ON NULL) AS tags, COUNT(*) AS n
FROM cur WHERE resource_tags_user_team = 'payments' OR resource_tags_user_env = 'prod' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5
