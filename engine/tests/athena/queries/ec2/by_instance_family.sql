SELECT -- what each family of instances comes to, by account and month
  bill_payer_account_id,
  line_item_usage_account_id,
  DATE_FORMAT((line_item_usage_start_date), '%Y-%m-01') AS month_line_item_usage_start_date,
  split_part(split_part(line_item_usage_type, ':', 2), '.', 1) AS instance_family,
  CASE
    WHEN line_item_usage_type LIKE '%SpotUsage%' THEN 'Spot'
    WHEN line_item_line_item_type = 'DiscountedUsage' THEN 'Reserved'
    WHEN line_item_line_item_type = 'SavingsPlanCoveredUsage' THEN 'SavingsPlan'
    ELSE 'OnDemand'
  END AS case_purchase_option,
  SUM(CAST(line_item_usage_amount AS decimal(38, 10))) AS sum_line_item_usage_amount,
  SUM(CAST(line_item_unblended_cost AS decimal(16, 8))) AS sum_line_item_unblended_cost
FROM
  "athenacurcfn_acme"."cur"
WHERE
  year = '2026' AND month IN ('9', '10')
  AND line_item_product_code = 'AmazonEC2'
  AND (line_item_usage_type LIKE '%BoxUsage%' OR line_item_usage_type LIKE '%SpotUsage%')
  AND line_item_line_item_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage')
GROUP BY
  bill_payer_account_id,
  line_item_usage_account_id,
  DATE_FORMAT((line_item_usage_start_date), '%Y-%m-01'),
  4,
  5
ORDER BY
  sum_line_item_unblended_cost DESC,
  line_item_usage_account_id,
  month_line_item_usage_start_date,
  instance_family,
  case_purchase_option
;
