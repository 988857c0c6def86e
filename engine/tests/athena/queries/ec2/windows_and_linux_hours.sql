SELECT
  CASE substr(line_item_operation, 14)
    WHEN '' THEN 'Linux/UNIX'
    WHEN '0002' THEN 'Windows'
    WHEN 'SV001' THEN 'Linux/UNIX (Spot)'
    WHEN 'SV002' THEN 'Windows (Spot)'
    ELSE 'Other'
  END AS platform,
  product_operating_system,
  count(DISTINCT line_item_resource_id) AS instances,
  sum(line_item_usage_amount) AS hours,
  max(product_vcpu) AS greatest_vcpu_as_text,
  max(try_cast(product_vcpu AS integer)) AS greatest_vcpu
FROM cur
WHERE line_item_operation LIKE 'RunInstances%'
  AND product_product_family = 'Compute Instance'
GROUP BY 1, 2
ORDER BY hours DESC, platform, 2
