SELECT CASE size WHEN 'medium' THEN 2E0 WHEN 'large' THEN 4E0 WHEN 'xlarge' THEN 8E0 ELSE 8E0 * TRY_CAST(replace(size, 'xlarge') AS double) END AS units,
  size, COUNT(DISTINCT family) AS families
FROM (SELECT DISTINCT split_part(product_instance_type, '.', 1) AS family, substr(product_instance_type, strpos(product_instance_type, '.') + 1) AS size FROM cur WHERE product_instance_type IS NOT NULL AND product_instance_type NOT LIKE 'db.%' AND product_instance_type NOT LIKE 'cache.%')
GROUP BY 2 ORDER BY 1, 2
