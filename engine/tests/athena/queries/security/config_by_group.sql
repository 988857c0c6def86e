SELECT
  product_group,
  replace(product_product_family, 'Management Tools - ') AS family,
  trim(split_part(product_product_family, '-', 2)) AS second,
  line_item_usage_type,
  sum(line_item_usage_amount) AS evaluations,
  round(sum(line_item_unblended_cost), 1) AS rounded_cost,
  ceil(sum(CAST(line_item_unblended_cost AS double))) AS ceiling_cost,
  floor(sum(CAST(line_item_unblended_cost AS double))) AS floor_cost
FROM cur
WHERE line_item_product_code = 'AWSConfig'
GROUP BY 1, 2, 3, 4
ORDER BY 5 DESC
