CREATE OR REPLACE VIEW compute_savings_plan_eligible_spend AS
SELECT DISTINCT
  year, month,
  bill_payer_account_id payer_account_id,
  line_item_usage_account_id linked_account_id,
  bill_billing_period_start_date billing_period,
  date_trunc('hour', line_item_usage_start_date) usage_date,
  sum(line_item_unblended_cost) unblended_cost
FROM cur
WHERE line_item_line_item_type = 'Usage'
  AND (product_servicecode <> 'AWSDataTransfer')
  AND (line_item_usage_type NOT LIKE '%Spot%')
  AND (line_item_usage_type NOT LIKE '%DataXfer%')
  AND ((line_item_product_code = 'AmazonEC2' AND line_item_operation LIKE '%RunInstances%')
    OR (line_item_product_code = 'AmazonECS')
    OR (line_item_product_code = 'AWSLambda'))
GROUP BY 1, 2, 3, 4, 5, 6;

SELECT linked_account_id, count(DISTINCT usage_date) AS hours, sum(unblended_cost) AS spend,
  max_by(usage_date, unblended_cost) IS NOT NULL AS has_peak
FROM compute_savings_plan_eligible_spend
GROUP BY linked_account_id
HAVING sum(unblended_cost) > 0
ORDER BY spend DESC;
