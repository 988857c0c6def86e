SELECT product_instance_type, CAST(product_vcpu AS integer) AS vcpus, CAST(regexp_extract(product_memory, '([0-9.]+)', 1) AS double) AS gib,
  SUM(line_item_unblended_cost) / SUM(line_item_usage_amount * CAST(product_vcpu AS integer)) AS per_vcpu_hour
FROM cur
WHERE product_vcpu IS NOT NULL AND product_memory LIKE '%GiB' AND line_item_line_item_type = 'Usage' AND line_item_usage_type LIKE '%BoxUsage%'
GROUP BY 1, 2, 3
ORDER BY 1
