-- rows: any order
SELECT map_agg(k, v)['AmazonRDS'] AS rds, element_at(map_agg(k, v), 'Nothing') AS nothing, cardinality(map_agg(k, v)) AS n
FROM (SELECT line_item_product_code AS k, SUM(line_item_unblended_cost) AS v FROM cur WHERE month = '9' GROUP BY 1 ORDER BY 1)
