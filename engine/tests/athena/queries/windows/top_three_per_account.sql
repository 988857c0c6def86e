SELECT account, service, cost, rank_no
FROM (
  SELECT
    line_item_usage_account_id AS account,
    product_product_name AS service,
    sum(line_item_unblended_cost) AS cost,
    row_number() OVER (PARTITION BY line_item_usage_account_id ORDER BY sum(line_item_unblended_cost) DESC, product_product_name) AS rank_no
  FROM cur
  WHERE product_product_name IS NOT NULL
  GROUP BY line_item_usage_account_id, product_product_name
) t
WHERE rank_no <= 3
ORDER BY account, rank_no
