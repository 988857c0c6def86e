SELECT line_item_product_code, product_product_name, line_item_line_item_type,
  SUM(line_item_unblended_cost) AS discount,
  SUM(SUM(line_item_unblended_cost)) OVER (PARTITION BY line_item_line_item_type) AS of_type,
  ROUND(CAST(SUM(line_item_unblended_cost) AS double) / CAST(SUM(SUM(line_item_unblended_cost)) OVER (PARTITION BY line_item_line_item_type) AS double), 4) AS share
FROM cur
WHERE line_item_line_item_type IN ('EdpDiscount', 'BundledDiscount', 'PrivateRateDiscount', 'Discount')
GROUP BY 1, 2, 3
ORDER BY 3, 4, 1
