WITH tagged AS (
  SELECT
    bill_payer_account_id,
    line_item_usage_account_id,
    date_trunc('month', line_item_usage_start_date) AS usage_month,
    CASE
      WHEN bill_billing_entity = 'AWS Marketplace' THEN 'AWS Marketplace'
      WHEN line_item_product_code LIKE '%Support%' THEN 'Support'
      ELSE coalesce(product_servicecode, line_item_product_code)
    END AS service,
    CASE
      WHEN line_item_line_item_type IN ('Tax') THEN 'tax'
      WHEN line_item_line_item_type IN ('Credit', 'Refund') THEN 'credits and refunds'
      WHEN line_item_line_item_type LIKE '%Discount' THEN 'discounts'
      WHEN line_item_line_item_type IN ('Fee', 'RIFee', 'SavingsPlanUpfrontFee', 'SavingsPlanRecurringFee') THEN 'fees'
      ELSE 'usage'
    END AS kind,
    lower(coalesce(resource_tags_user_env, cost_category_environment, 'none')) AS env,
    line_item_unblended_cost AS cost
  FROM cur
  WHERE year = '2026'
), grouped AS (
  SELECT usage_month, kind, env, count(DISTINCT service) AS services, sum(cost) AS cost
  FROM tagged
  GROUP BY usage_month, kind, env
)
SELECT
  date_format(usage_month, '%Y-%m') AS usage_month,
  kind,
  env,
  services,
  cost,
  sum(cost) OVER (PARTITION BY usage_month, kind) AS cost_of_kind,
  rank() OVER (PARTITION BY usage_month ORDER BY cost DESC) AS rank_in_month
FROM grouped
WHERE usage_month < timestamp '2026-11-01 00:00:00'
ORDER BY usage_month, rank_in_month, kind, env
