CREATE OR REPLACE VIEW s3_view AS
SELECT DISTINCT
  year,
  month,
  bill_billing_period_start_date billing_period,
  date_trunc('day', line_item_usage_start_date) usage_date,
  line_item_usage_account_id linked_account_id,
  line_item_resource_id resource_id,
  line_item_product_code product_code,
  line_item_operation operation,
  product_region region,
  line_item_line_item_type charge_type,
  pricing_unit,
  sum(CASE WHEN (line_item_line_item_type = 'Usage') THEN line_item_usage_amount ELSE 0 END) usage_quantity,
  sum(line_item_unblended_cost) unblended_cost,
  sum(pricing_public_on_demand_cost) public_cost
FROM cur
WHERE line_item_product_code LIKE '%AmazonS3%' AND line_item_usage_type LIKE '%ByteHrs%'
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11;

WITH classes AS (
  SELECT
    resource_id,
    CASE WHEN operation = 'StandardStorage' THEN 'standard' WHEN operation = 'StandardIAStorage' THEN 'ia' WHEN operation LIKE 'Glacier%' THEN 'glacier' WHEN operation LIKE 'Intelligent%' THEN 'int' ELSE 'other' END AS class,
    usage_quantity, unblended_cost
  FROM s3_view
)
SELECT class, count(DISTINCT resource_id) AS buckets, sum(usage_quantity) AS gb_months, sum(unblended_cost) AS cost,
  round(sum(unblended_cost) * 0.4, 6) AS could_be_saved
FROM classes
GROUP BY class
ORDER BY cost DESC;
