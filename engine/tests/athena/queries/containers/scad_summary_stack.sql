CREATE OR REPLACE VIEW "scad_cca_hourly_resource_view" AS
SELECT
  "line_item_usage_start_date" "usage_date",
  "bill_payer_account_id" "payer_account_id",
  "line_item_usage_account_id" "linked_account_id",
  "split_line_item_parent_resource_id",
  "line_item_resource_id",
  "split"("line_item_resource_id", '/')[1] "arn_start",
  "split_part"("split_part"("line_item_resource_id", ':', 6), '/', 2) "cluster",
  "element_at"("split"("line_item_resource_id", '/'), 4) "pod",
  (CASE WHEN ("line_item_usage_type" LIKE '%EKS-EC2-GB-Hours') THEN 'Memory' WHEN ("line_item_usage_type" LIKE '%EKS-EC2-vCPU-Hours') THEN 'CPU' END) "allocated",
  "sum"("split_line_item_split_usage") "split_usage",
  "sum"(COALESCE("split_line_item_split_cost", 0)) "split_cost",
  "sum"(COALESCE("split_line_item_unused_cost", 0)) "unused_cost",
  "sum"(COALESCE("split_line_item_net_split_cost", "split_line_item_split_cost", 0)) "net_split_cost"
FROM "cid_cur"."cur"
WHERE (("split_line_item_parent_resource_id" <> '') AND ("line_item_line_item_type" IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage')) AND (CAST("year" AS integer) >= 2026))
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

CREATE OR REPLACE VIEW "scad_cca_summary_view" AS
WITH parents AS (
  SELECT DISTINCT
    "line_item_usage_start_date" "usage_date",
    "line_item_resource_id" "parent",
    "product_instance_type" "instance_type",
    "sum"("line_item_unblended_cost") "instance_cost"
  FROM "cid_cur"."cur"
  WHERE (("line_item_product_code" = 'AmazonEC2') AND ("line_item_usage_type" LIKE '%BoxUsage%'))
  GROUP BY 1, 2, 3
)
SELECT s.*, p."instance_type", p."instance_cost"
FROM ("scad_cca_hourly_resource_view" s LEFT JOIN parents p ON ((p."parent" = s."split_line_item_parent_resource_id") AND (p."usage_date" = s."usage_date")));

SELECT
  "cluster", "allocated", "instance_type",
  count(DISTINCT "pod") "pods",
  "sum"("split_cost") "split_cost",
  "sum"("unused_cost") "unused_cost",
  "sum"("net_split_cost") "net_split_cost",
  "sum"("split_cost") / NULLIF("sum"("instance_cost"), 0) "share_of_instances"
FROM "scad_cca_summary_view"
GROUP BY "cluster", "allocated", "instance_type"
ORDER BY "split_cost" DESC, "allocated";
