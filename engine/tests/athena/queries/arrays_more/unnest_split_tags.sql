SELECT word, COUNT(*) AS n
FROM (SELECT DISTINCT resource_tags_user_name AS name FROM cur WHERE resource_tags_user_name IS NOT NULL) t
CROSS JOIN UNNEST(split(t.name, '-')) AS u (word)
GROUP BY word ORDER BY n DESC, word
