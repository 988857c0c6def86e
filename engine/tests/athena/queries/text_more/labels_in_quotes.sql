SELECT line_item_product_code AS "Product Code", SUM(line_item_unblended_cost) AS "Total Cost ($)", COUNT(*) AS "# of lines", MAX(line_item_usage_end_date) AS "date"
FROM "AwsDataCatalog"."Billing_DB"."CUR" AS "C"
WHERE "C"."Line_Item_Line_Item_Type" = 'Usage'
GROUP BY 1 HAVING SUM(line_item_unblended_cost) > 10 ORDER BY "Total Cost ($)" DESC
