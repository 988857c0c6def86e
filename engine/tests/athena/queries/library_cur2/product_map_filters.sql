SELECT
  CONCAT(product['operating_system'], ' / ', COALESCE(product['operating_system'], '?')) AS kind,
  product['region'] AS region_of_map,
  product_region_code,
  ROUND(SUM(line_item_usage_amount), 3) AS hours
FROM cur2
WHERE product['operating_system'] IN (SELECT DISTINCT product['operating_system'] FROM cur2 WHERE product['vcpu'] IN ('2', '4', '8', '16'))
  AND TRY_CAST(product['vcpu'] AS integer) BETWEEN 1 AND 64
  AND NOT (coalesce(product['tenancy'], 'Shared') = 'Host')
GROUP BY 1, 2, 3
ORDER BY hours DESC, 1, 2
