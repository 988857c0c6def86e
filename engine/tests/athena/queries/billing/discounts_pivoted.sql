SELECT
  bill_billing_period_start_date AS period,
  sum(line_item_unblended_cost) FILTER (WHERE line_item_line_item_type = 'EdpDiscount') AS edp,
  sum(line_item_unblended_cost) FILTER (WHERE line_item_line_item_type = 'SppDiscount') AS spp,
  sum(line_item_unblended_cost) FILTER (WHERE line_item_line_item_type = 'BundledDiscount') AS bundled,
  sum(line_item_unblended_cost) FILTER (WHERE line_item_line_item_type = 'PrivateRateDiscount') AS private_rate,
  sum(line_item_unblended_cost) FILTER (WHERE line_item_line_item_type = 'RiVolumeDiscount') AS ri_volume,
  sum(line_item_unblended_cost) FILTER (WHERE line_item_line_item_type LIKE '%Discount%' OR line_item_line_item_type LIKE '%Credit%') AS all_discounts,
  sum(line_item_unblended_cost) FILTER (WHERE line_item_line_item_type = 'NoSuchDiscount') AS none
FROM cur
GROUP BY bill_billing_period_start_date
ORDER BY period DESC
