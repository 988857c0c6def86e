-- title: Unused commitments
-- description: Money spent on Reserved Instances and Savings Plans that covered nothing, by account and kind, month by month.
-- param: from period optional  First billing period
SELECT
    billing_period,
    CASE line_item_line_item_type WHEN 'RIFee' THEN 'Reserved' ELSE 'Savings Plan' END AS commitment,
    line_item_usage_account_id AS account_id,
    sum({{line_items/amortized}}) AS unused_cost,
    line_item_currency_code AS currency
FROM cur
WHERE line_item_line_item_type IN ('RIFee', 'SavingsPlanRecurringFee') AND ($from IS NULL OR billing_period >= $from)
GROUP BY billing_period, commitment, line_item_usage_account_id, line_item_currency_code
HAVING sum({{line_items/amortized}}) <> 0
ORDER BY billing_period, unused_cost DESC, commitment, account_id
