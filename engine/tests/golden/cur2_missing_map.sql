-- No report has the column `tags`; empty maps are maps.
SELECT count(*) AS line_items, count(tags) AS tags, count(tags['team']) AS tag, count(resource_tags) AS resource_tags, count(cost_category) AS cost_categories
FROM cur2 WHERE billing_period = '2026-10'
