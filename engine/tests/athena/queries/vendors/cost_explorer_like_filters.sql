SELECT date_format(line_item_usage_start_date, '%Y-%m') AS period,
  SUM(CASE WHEN line_item_line_item_type NOT IN ('Credit', 'Refund', 'Tax') THEN line_item_unblended_cost ELSE 0 END) AS usage_cost,
  SUM(line_item_unblended_cost) FILTER (WHERE line_item_line_item_type = 'Credit') AS credits,
  SUM(line_item_unblended_cost) FILTER (WHERE line_item_line_item_type IN ('Refund')) AS refunds,
  SUM(IF(line_item_line_item_type LIKE '%Discount', line_item_unblended_cost)) AS discounts,
  SUM(line_item_unblended_cost) AS total
FROM cur
GROUP BY date_format(line_item_usage_start_date, '%Y-%m')
ORDER BY 1
