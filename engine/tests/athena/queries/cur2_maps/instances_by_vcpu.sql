WITH i AS (
  SELECT
    line_item_resource_id,
    try_cast(product['vcpu'] AS integer) AS vcpu,
    try_cast(regexp_extract(product['memory'], '^([0-9.]+) GiB$', 1) AS double) AS memory_gib,
    product['operating_system'] AS os,
    line_item_usage_amount
  FROM cur2
  WHERE product_product_family = 'Compute Instance' AND line_item_line_item_type <> 'SavingsPlanNegation'
)
SELECT os, vcpu, max(memory_gib) AS memory_gib, count(DISTINCT line_item_resource_id) AS instances, sum(vcpu * CAST(line_item_usage_amount AS double)) AS vcpu_hours
FROM i
GROUP BY os, vcpu
ORDER BY os, vcpu
