-- rows: any order
SELECT
  count(DISTINCT ROW(line_item_product_code, line_item_operation)) AS pairs,
  count(DISTINCT concat(line_item_product_code, '|', line_item_operation)) AS known_pairs,
  count(DISTINCT (line_item_usage_account_id, month)) AS accounts_and_months,
  sum(DISTINCT line_item_normalization_factor) AS sum_of_factors
FROM cur
