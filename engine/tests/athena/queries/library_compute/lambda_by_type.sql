SELECT
  *
FROM
(
  (
    SELECT
      bill_payer_account_id,
      line_item_usage_account_id,
      line_item_line_item_type,
      DATE_FORMAT(line_item_usage_start_date,'%Y-%m-%d') AS day_line_item_usage_start_date,
      product_region,
      CASE
        WHEN line_item_usage_type LIKE '%Lambda-Edge-GB-Second%' THEN 'Lambda EDGE GB x Sec.'
        WHEN line_item_usage_type LIKE '%Lambda-Edge-Request%' THEN 'Lambda EDGE Requests'
        WHEN line_item_usage_type LIKE '%Lambda-GB-Second%' THEN 'Lambda GB x Sec.'
        WHEN line_item_usage_type LIKE '%Request%' THEN 'Lambda Requests'
        WHEN line_item_usage_type LIKE '%In-Bytes%' THEN 'Data Transfer (IN)'
        WHEN line_item_usage_type LIKE '%Out-Bytes%' THEN 'Data Transfer (Out)'
        WHEN line_item_usage_type LIKE '%Regional-Bytes%' THEN 'Data Transfer (Regional)'
        ELSE 'Other'
      END AS case_line_item_usage_type,
      line_item_resource_id,
      pricing_term,
      SUM(CAST(line_item_usage_amount AS DOUBLE)) AS sum_line_item_usage_amount,
      SUM(CAST(line_item_unblended_cost AS DECIMAL(16, 8))) AS sum_line_item_unblended_cost,
      SUM(CAST(CASE
        WHEN line_item_line_item_type = 'SavingsPlanCoveredUsage' THEN savings_plan_savings_plan_effective_cost
        WHEN line_item_line_item_type = 'SavingsPlanNegation' THEN 0
        ELSE line_item_unblended_cost END AS DECIMAL(16, 8))) AS sum_amortized
    FROM cur
    WHERE year = '2026' AND month = '10'
      AND product_product_name = 'AWS Lambda'
      AND line_item_line_item_type LIKE '%Usage%'
      AND product_product_family IN ('Data Transfer', 'Serverless')
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
  )
  UNION ALL
  (
    SELECT
      bill_payer_account_id,
      line_item_usage_account_id,
      line_item_line_item_type,
      DATE_FORMAT(line_item_usage_start_date,'%Y-%m-%d') AS day_line_item_usage_start_date,
      product_region,
      line_item_usage_type AS case_line_item_usage_type,
      line_item_resource_id,
      pricing_term,
      SUM(CAST(line_item_usage_amount AS DOUBLE)),
      SUM(CAST(line_item_unblended_cost AS DECIMAL(16, 8))),
      0
    FROM cur
    WHERE year = '2026' AND month = '9' AND line_item_product_code = 'AWSLambda'
    GROUP BY bill_payer_account_id, line_item_usage_account_id, line_item_line_item_type, DATE_FORMAT(line_item_usage_start_date,'%Y-%m-%d'), product_region, line_item_usage_type, line_item_resource_id, pricing_term
  )
) AS aggregatedTable
ORDER BY day_line_item_usage_start_date, line_item_resource_id, case_line_item_usage_type, line_item_usage_account_id, sum_line_item_usage_amount, sum_line_item_unblended_cost;
