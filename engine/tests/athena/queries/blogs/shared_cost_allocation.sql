WITH shared AS (SELECT bill_billing_period_start_date AS p, sum(line_item_unblended_cost) AS total FROM cur WHERE line_item_product_code IN ('AWSCloudTrail', 'AWSConfig', 'AmazonGuardDuty', 'AWSSupportBusiness') GROUP BY 1),
direct AS (
  SELECT bill_billing_period_start_date AS p, coalesce(cost_category_environment, 'Unallocated') AS env, sum(line_item_unblended_cost) AS cost
  FROM cur WHERE line_item_product_code NOT IN ('AWSCloudTrail', 'AWSConfig', 'AmazonGuardDuty', 'AWSSupportBusiness') AND line_item_line_item_type = 'Usage'
  GROUP BY 1, 2)
SELECT d.p, d.env, d.cost, ratio_to_report, s.total * ratio_to_report AS allocated, d.cost + s.total * ratio_to_report AS loaded
FROM (SELECT *, CAST(cost AS double) / sum(CAST(cost AS double)) OVER (PARTITION BY p) AS ratio_to_report FROM direct) d
JOIN shared s USING (p)
ORDER BY 1, 2
