-- rows: any order
SELECT date_format(bill_billing_period_start_date, '%Y-%m') AS m, line_item_line_item_type AS t, product_region AS r,
  count(*) AS n, sum(line_item_unblended_cost) AS c,
  CASE WHEN GROUPING(date_format(bill_billing_period_start_date, '%Y-%m')) = 1 THEN 'total' ELSE 'month' END AS kind
FROM cur
WHERE line_item_line_item_type IN ('Usage', 'Tax', 'Credit')
GROUP BY GROUPING SETS ((date_format(bill_billing_period_start_date, '%Y-%m'), line_item_line_item_type), (product_region), ())
ORDER BY 1, 2, 3
