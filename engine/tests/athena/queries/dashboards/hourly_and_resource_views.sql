CREATE OR REPLACE VIEW hourly_view AS
SELECT DISTINCT
  "line_item_product_code" "product_code"
, "product_servicecode"
, "line_item_operation" "operation"
, "line_item_line_item_type" "charge_type"
, "line_item_usage_type" "usage_type"
, "pricing_unit" "pricing_unit"
, "product_region" "region"
, "pricing_term" "pricing_term"
, "bill_billing_period_start_date" "billing_period"
, "line_item_usage_start_date" "usage_date"
, "bill_payer_account_id" "payer_account_id"
, "line_item_usage_account_id" "linked_account_id"
, "savings_plan_savings_plan_a_r_n" "savings_plan_a_r_n"
, "reservation_reservation_a_r_n" "reservation_a_r_n"
, sum("line_item_unblended_cost") "unblended_cost"
, sum("reservation_effective_cost") "reservation_effective_cost"
, sum("savings_plan_savings_plan_effective_cost") "savings_plan_effective_cost"
, sum("line_item_usage_amount") "usage_quantity"
FROM "cur"
WHERE (((current_date - INTERVAL  '40000' DAY) <= "line_item_usage_start_date") AND (((("line_item_line_item_type" = 'Usage') OR ("line_item_line_item_type" = 'SavingsPlanCoveredUsage')) OR ("line_item_line_item_type" = 'DiscountedUsage'))))
GROUP BY "line_item_product_code", "product_servicecode", "line_item_operation", "line_item_line_item_type", "line_item_usage_type", "pricing_unit", "product_region", "pricing_term", "bill_billing_period_start_date", "line_item_usage_start_date", "bill_payer_account_id", "line_item_usage_account_id", 13, 14;
CREATE OR REPLACE VIEW resource_view AS
SELECT "line_item_resource_id" "resource_id", date_trunc('day', "line_item_usage_start_date") "usage_date", "line_item_product_code" "product_code",
  (CASE WHEN "line_item_resource_id" <> '' THEN regexp_extract("line_item_resource_id", '[^/:]+$') ELSE NULL END) "short",
  sum("line_item_unblended_cost") "unblended_cost"
FROM "cur" WHERE "line_item_resource_id" <> '' GROUP BY 1, 2, 3, 4;
SELECT h.product_code, h.charge_type, count(*) hours, sum(h.usage_quantity) usage_quantity, (SELECT count(DISTINCT r.short) FROM resource_view r WHERE r.product_code = h.product_code) resources
FROM hourly_view h
GROUP BY h.product_code, h.charge_type
ORDER BY 1, 2
