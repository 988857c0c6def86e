SELECT service, COUNT(*) AS n, MIN(region) AS a_region, COUNT(DISTINCT account) AS accounts
FROM (SELECT split(line_item_resource_id, ':')[3] AS service, nullif(split(line_item_resource_id, ':')[4], '') AS region, nullif(split(line_item_resource_id, ':')[5], '') AS account
  FROM cur WHERE starts_with(line_item_resource_id, 'arn:aws:'))
GROUP BY service ORDER BY n DESC, service
