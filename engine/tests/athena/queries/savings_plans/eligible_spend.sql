WITH hourly AS (
  SELECT
    line_item_usage_account_id AS account,
    date_trunc('hour', line_item_usage_start_date) AS usage_hour,
    sum(line_item_unblended_cost) AS on_demand
  FROM cur
  WHERE line_item_line_item_type = 'Usage'
    AND ((line_item_product_code = 'AmazonEC2' AND line_item_operation LIKE 'RunInstances%' AND line_item_usage_type LIKE '%BoxUsage%')
      OR (line_item_product_code = 'AmazonECS' AND line_item_usage_type LIKE '%Fargate%')
      OR (line_item_product_code = 'AWSLambda' AND (line_item_usage_type LIKE '%Lambda-GB-Second%' OR line_item_usage_type LIKE '%Request')))
  GROUP BY 1, 2
)
SELECT account, count(*) AS hours, sum(on_demand) AS eligible, avg(on_demand) AS mean_hour, min(on_demand) AS least_hour, max(on_demand) AS greatest_hour
FROM hourly
GROUP BY account
ORDER BY eligible DESC, account
