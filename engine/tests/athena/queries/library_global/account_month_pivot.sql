SELECT
  line_item_usage_account_id,
  line_item_product_code,
  ROUND(SUM(CASE WHEN month = '9' THEN line_item_unblended_cost ELSE 0 END), 2) AS "2026-09",
  ROUND(SUM(CASE month WHEN '10' THEN line_item_unblended_cost END), 2) AS "2026-10",
  ROUND(SUM(IF(month = '10', line_item_unblended_cost, 0)) - SUM(IF(month = '9', line_item_unblended_cost, 0)), 2) "Δ",
  CASE WHEN SUM(IF(month = '9', line_item_unblended_cost)) > 0
    THEN ROUND(100.0 * SUM(IF(month = '10', line_item_unblended_cost)) / SUM(IF(month = '9', line_item_unblended_cost)) - 100, 1) END "Δ %"
FROM cur
WHERE CAST(concat(year, '-', lpad(month, 2, '0'), '-01') AS DATE) >= DATE '2026-09-01'
GROUP BY line_item_usage_account_id, line_item_product_code
HAVING SUM(line_item_unblended_cost) > 5
ORDER BY 5 DESC, 2, 1
