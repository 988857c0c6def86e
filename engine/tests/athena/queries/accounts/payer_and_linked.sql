SELECT
  bill_payer_account_id,
  line_item_usage_account_id = bill_payer_account_id AS is_payer,
  count(DISTINCT line_item_usage_account_id) AS accounts,
  arbitrary(bill_payer_account_id) AS payer_again,
  any_value(bill_payer_account_id) AS and_again,
  sum(line_item_unblended_cost) AS cost
FROM cur
GROUP BY bill_payer_account_id, line_item_usage_account_id = bill_payer_account_id
ORDER BY is_payer
