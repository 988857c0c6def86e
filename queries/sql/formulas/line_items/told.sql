-- How far each report's usage reaches in each billing period.
SELECT report, billing_period, max(line_item_usage_end_date) AS until
FROM cur
WHERE line_item_line_item_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage')
GROUP BY report, billing_period
