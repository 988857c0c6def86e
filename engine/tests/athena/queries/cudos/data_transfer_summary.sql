SELECT
  "bill_payer_account_id" "payer_account_id"
, "line_item_usage_account_id" "linked_account_id"
, "product_servicecode" "product_code"
, (CASE WHEN (("line_item_usage_type" LIKE '%DataTransfer-Regional%') OR ("line_item_operation" LIKE 'InterZone%')) THEN 'Inter AZ'
        WHEN ("line_item_usage_type" LIKE '%DataTransfer-Out-Bytes%') THEN 'Internet'
        WHEN ("line_item_usage_type" LIKE '%AWS-Out-Bytes%') THEN 'Inter Region'
        ELSE 'Other' END) "data_transfer_type"
, "sum"("line_item_usage_amount") "gigabytes"
, "sum"("line_item_unblended_cost") "unblended_cost"
FROM "customer_cur_data"."cur"
WHERE (("product_product_family" = 'Data Transfer') AND ("line_item_line_item_type" = 'Usage') AND ((CAST("concat"("year", '-', "month", '-01') AS date) >= ("date_trunc"('month', DATE '2026-10-15') - INTERVAL '1' MONTH))))
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4
