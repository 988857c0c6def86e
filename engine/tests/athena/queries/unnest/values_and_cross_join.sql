WITH thresholds (label, at_least) AS (VALUES ('tiny', 0.0), ('small', 0.01), ('medium', 1.0), ('large', 50.0))
SELECT t.label, t.at_least, count_if(c.line_item_unblended_cost >= t.at_least) AS items, sum(if(c.line_item_unblended_cost >= t.at_least, c.line_item_unblended_cost)) AS cost
FROM thresholds t CROSS JOIN cur c
GROUP BY t.label, t.at_least
ORDER BY t.at_least
