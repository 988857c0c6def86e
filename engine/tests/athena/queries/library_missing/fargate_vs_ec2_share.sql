SELECT date_format(bill_billing_period_start_date, '%b %Y') AS period,
  SUM(IF(line_item_usage_type LIKE '%Fargate%', line_item_unblended_cost, 0)) AS fargate,
  SUM(IF(line_item_usage_type LIKE '%BoxUsage%', line_item_unblended_cost, 0)) AS ec2,
  round(100E0 * CAST(SUM(IF(line_item_usage_type LIKE '%BoxUsage%', line_item_unblended_cost, 0)) AS double) / CAST(SUM(line_item_unblended_cost) AS double), 1) AS ec2_share
FROM cur
WHERE line_item_line_item_type IN ('Usage')
GROUP BY 1
ORDER BY min(bill_billing_period_start_date)
