CREATE OR REPLACE VIEW kpi_spend AS
SELECT date_format(bill_billing_period_start_date, '%Y-%m-%d') AS billing_period, line_item_usage_account_id AS account, sum(line_item_unblended_cost) AS spend_all_cost,
  sum(CASE WHEN line_item_usage_type LIKE '%Spot%' THEN line_item_unblended_cost ELSE 0 END) AS ec2_spot_cost,
  sum(CASE WHEN line_item_product_code = 'AmazonEC2' THEN line_item_unblended_cost ELSE 0 END) AS ec2_all_cost
FROM cur GROUP BY 1, 2;

CREATE OR REPLACE VIEW kpi_databases AS
SELECT date_format(bill_billing_period_start_date, '%Y-%m-%d') AS billing_period, line_item_usage_account_id AS account, sum(line_item_unblended_cost) AS rds_all_cost
FROM cur WHERE line_item_product_code = 'AmazonRDS' GROUP BY 1, 2;

CREATE OR REPLACE VIEW kpi_tracker AS
SELECT DISTINCT s.billing_period, s.account, spend_all_cost, ec2_spot_cost, ec2_all_cost, d.rds_all_cost,
  CASE WHEN ec2_all_cost = 0 THEN NULL ELSE CAST(ec2_spot_cost AS double) / CAST(ec2_all_cost AS double) END AS spot_share
FROM kpi_spend s
LEFT JOIN kpi_databases d ON d.billing_period = s.billing_period AND d.account = s.account;

SELECT * FROM kpi_tracker WHERE account IN ('261356700001', '378424400002', '699056800011', '136547700013') ORDER BY billing_period, account;
