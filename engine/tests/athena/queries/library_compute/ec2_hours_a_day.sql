SELECT
  "month_line_item_usage_start_date",
  "bill_payer_account_id",
  "line_item_usage_account_id",
  "instance_type_family",
  ROUND(AVG(hours_used), 6) AS "avg_hours",
  COUNT(*) AS days
FROM
(
  SELECT
    bill_payer_account_id,
    line_item_usage_account_id,
    DATE_FORMAT(line_item_usage_start_date,'%Y-%m-01') AS month_line_item_usage_start_date,
    SPLIT_PART(product_instance_type, '.', 1) AS instance_type_family,
    date_trunc('day', line_item_usage_start_date) AS usage_day,
    SUM(CASE
      WHEN pricing_unit IN ('Hrs', 'Hours', 'hours') THEN line_item_usage_amount
      ELSE 0
    END) AS hours_used
  FROM cur
  WHERE year = '2026' AND month IN ('9','09','10')
    AND line_item_product_code = 'AmazonEC2'
    AND product_instance_type NOT IN ('')
    AND line_item_line_item_type NOT IN ('Tax','Refund','Credit')
  GROUP BY 1,2,3,4,5
) AS a
GROUP BY 1,2,3,4
ORDER BY "month_line_item_usage_start_date", "avg_hours" DESC, "line_item_usage_account_id", "instance_type_family";
