SELECT
  line_item_product_code,
  count_if(regexp_like(line_item_usage_type, '(?i)boxusage')) AS box,
  count_if(regexp_like(line_item_usage_type, '(?i)^eu')) AS europe,
  count_if(regexp_like(line_item_usage_type, '^(USW2|EUW2)-')) AS west,
  count_if(NOT regexp_like(line_item_usage_type, '\d')) AS without_digit
FROM cur
GROUP BY 1
HAVING count_if(line_item_usage_type IS NOT NULL) > 0
ORDER BY 1
