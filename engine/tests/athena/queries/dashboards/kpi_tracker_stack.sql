CREATE OR REPLACE VIEW last_kpi_tracker AS
SELECT DISTINCT
  spend_all.billing_period
, spend_all.payer_account_id
, spend_all.linked_account_id
, spend_all.spend_all_cost
, COALESCE(ec2.ec2_all_cost, 0) ec2_all_cost
, COALESCE(ec2.ec2_spot_cost, 0) ec2_spot_cost
, TRY_CAST(COALESCE(ec2.ec2_spot_cost, 0) / NULLIF(ec2.ec2_all_cost, 0) AS decimal(12,6)) spot_share
FROM
  ((SELECT bill_billing_period_start_date billing_period, bill_payer_account_id payer_account_id, line_item_usage_account_id linked_account_id, sum(line_item_unblended_cost) spend_all_cost FROM cur GROUP BY 1, 2, 3) spend_all
LEFT JOIN
  (SELECT bill_billing_period_start_date billing_period, bill_payer_account_id payer_account_id, line_item_usage_account_id linked_account_id
   , sum(CASE WHEN (line_item_usage_type LIKE '%SpotUsage%') THEN line_item_unblended_cost ELSE 0 END) ec2_spot_cost
   , sum(line_item_unblended_cost) ec2_all_cost
   FROM cur WHERE line_item_product_code = 'AmazonEC2' GROUP BY 1, 2, 3) ec2
ON (((ec2.linked_account_id = spend_all.linked_account_id) AND (ec2.billing_period = spend_all.billing_period)) AND (ec2.payer_account_id = spend_all.payer_account_id)));
SELECT *, RANK() OVER (PARTITION BY billing_period ORDER BY spot_share DESC, linked_account_id) AS position
FROM last_kpi_tracker
WHERE spend_all_cost >= 0.001
ORDER BY billing_period, position, linked_account_id
