SELECT word, count(*) AS n
FROM (SELECT DISTINCT line_item_line_item_description AS d FROM cur WHERE line_item_line_item_type = 'Usage') x
CROSS JOIN UNNEST(split(lower(d), ' ')) AS w (word)
WHERE length(word) > 5
GROUP BY word
HAVING count(*) >= 3
ORDER BY n DESC, word
