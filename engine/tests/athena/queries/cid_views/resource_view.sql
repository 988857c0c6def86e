CREATE OR REPLACE VIEW resource_view AS
SELECT DISTINCT
  date_trunc('day', line_item_usage_start_date) usage_date,
  bill_payer_account_id payer_account_id,
  line_item_usage_account_id linked_account_id,
  (CASE WHEN (product_region = 'us-east-1') THEN 'N. Virginia' WHEN product_region IS NULL THEN 'global' ELSE product_region END) region,
  line_item_product_code product_code,
  (CASE WHEN (line_item_resource_id LIKE 'arn%') THEN reverse(split_part(reverse(line_item_resource_id), '/', 1)) ELSE line_item_resource_id END) resource_id,
  sum(line_item_unblended_cost) unblended_cost,
  sum(line_item_usage_amount) usage_quantity
FROM cur
WHERE line_item_usage_start_date >= timestamp '2026-10-01 00:00:00' AND line_item_resource_id <> ''
GROUP BY 1, 2, 3, 4, 5, 6;

CREATE OR REPLACE VIEW resources_by_region AS
SELECT region, product_code, count(DISTINCT resource_id) resources, sum(unblended_cost) cost FROM resource_view GROUP BY region, product_code;

SELECT region, product_code, resources, cost, sum(resources) OVER (PARTITION BY region) AS of_region
FROM resources_by_region
ORDER BY cost DESC, region, product_code
LIMIT 40;
