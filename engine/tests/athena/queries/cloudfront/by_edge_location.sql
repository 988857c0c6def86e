SELECT
  product_product_name,
  split_part(line_item_usage_type, '-', 1) AS edge,
  CASE
    WHEN line_item_usage_type LIKE '%Requests-Tier2-HTTPS%' THEN 'HTTPS requests'
    WHEN line_item_usage_type LIKE '%DataTransfer-Out%' THEN 'Data transfer out'
    ELSE 'Other'
  END AS what,
  line_item_operation,
  sum(line_item_usage_amount) AS amount,
  sum(line_item_unblended_cost) AS cost
FROM cur
WHERE line_item_product_code = 'AmazonCloudFront' AND line_item_line_item_type NOT IN ('BundledDiscount')
GROUP BY 1, 2, 3, 4
ORDER BY cost DESC, edge, what
