SELECT "C"."LINE_ITEM_PRODUCT_CODE" AS "Product Code", "SUM"("C"."LINE_ITEM_UNBLENDED_COST") AS "Cost", "COUNT"(DISTINCT "C"."line_item_resource_id") "Resources", "MAX"(IF("C"."line_item_resource_id" LIKE 'arn:%', 'arn', 'id')) "Kind"
FROM "AwsDataCatalog"."CID"."CUR" "C"
WHERE ((((("c"."Year" = '2026')) AND (("c"."MONTH" = '10') OR ("C"."month" = '9')))))
GROUP BY "C"."LINE_ITEM_PRODUCT_CODE"
HAVING ("SUM"("C"."LINE_ITEM_UNBLENDED_COST") > 1E-3)
ORDER BY "Cost" DESC, "product code"
