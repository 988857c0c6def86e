SELECT report,
  count_if(product_region = '') AS no_region,
  count_if(NOT (product_region <> '')) AS no_region_again,
  count_if(product_region IN ('', 'us-east-1')) AS us_east_1_or_none,
  count_if(product_region NOT IN ('', 'us-east-1')) AS elsewhere,
  count_if(trim(line_item_resource_id) = '') AS no_resource,
  count_if(line_item_resource_id <> '') AS resources,
  sum(CASE WHEN savings_plan_savings_plan_a_r_n = '' AND reservation_reservation_a_r_n = '' THEN line_item_unblended_cost ELSE 0 END) AS on_demand
FROM cur
WHERE bill_invoice_id = '' OR month = '9'
GROUP BY report
ORDER BY report
