SELECT
  "Line_Item_Product_Code" AS "Product Code",
  LINE_ITEM_USAGE_TYPE AS Usage_Type,
  "SUM"("line_item_UNBLENDED_cost") AS "Unblended Cost ($)",
  "COUNT"(*) AS "Number of ""Items"""
FROM "CUR"
WHERE "Bill_Billing_Entity" = 'AWS' AND LINE_ITEM_PRODUCT_CODE = 'AmazonEKS'
GROUP BY "Line_Item_Product_Code", LINE_ITEM_USAGE_TYPE
ORDER BY "Unblended Cost ($)" DESC
