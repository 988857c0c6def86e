WITH eligible (product_code, operation_like, family) AS (
  VALUES ('AmazonEC2', 'RunInstances%', 'Compute'), ('AWSLambda', 'Invoke%', 'Lambda'), ('AmazonECS', 'Fargate%', 'Fargate')
)
SELECT DISTINCT
  "bill_payer_account_id" payer_account_id
, "bill_billing_period_start_date" billing_period
, "line_item_usage_account_id" linked_account_id
, date_trunc('hour', "line_item_usage_start_date") "usage_hour"
, e.family
, "sum"("line_item_unblended_cost") unblended_cost
FROM "cur"
INNER JOIN eligible e ON ("line_item_product_code" = e.product_code AND "line_item_operation" LIKE e.operation_like)
WHERE (((("line_item_line_item_type" LIKE 'Usage')
AND (("product_servicecode" NOT LIKE 'AWSDataTransfer') OR product_servicecode IS NULL))
AND ("line_item_usage_type" NOT LIKE '%DataXfer%'))
AND ("line_item_usage_type" NOT LIKE '%Spot%'))
GROUP BY 1,2,3,4,5
ORDER BY unblended_cost DESC, usage_hour, linked_account_id, family
LIMIT 60
