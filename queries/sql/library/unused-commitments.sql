-- title: Unused commitments
-- description: Money spent on Reserved Instances and Savings Plans that covered nothing, by account and kind, month by month, up to the last hour that the report tells of.
-- param: from period optional  First billing period
WITH told AS (
    {{line_items/told}}
),
parts AS (
    SELECT
        cur.billing_period,
        CASE line_item_line_item_type WHEN 'RIFee' THEN 'Reserved' ELSE 'Savings Plan' END AS commitment,
        line_item_usage_account_id AS account_id,
        {{line_items/amortized}} AS unused_cost,
        line_item_currency_code AS currency
    FROM cur
    LEFT JOIN told ON told.report = cur.report AND told.billing_period = cur.billing_period
    WHERE line_item_line_item_type IN ('RIFee', 'SavingsPlanRecurringFee') AND {{line_items/is_due}}
        AND ($from IS NULL OR cur.billing_period >= $from)
    UNION ALL
    SELECT
        billing_period,
        CASE WHEN commitmentdiscounttype LIKE '%Savings%' THEN 'Savings Plan' ELSE 'Reserved' END,
        subaccountid,
        effectivecost,
        billingcurrency
    FROM focus
    WHERE chargecategory = 'Usage' AND commitmentdiscountstatus = 'Unused' AND ($from IS NULL OR billing_period >= $from)
)
SELECT billing_period, commitment, account_id, sum(unused_cost) AS unused_cost, currency
FROM parts
GROUP BY billing_period, commitment, account_id, currency
HAVING sum(unused_cost) <> 0
ORDER BY billing_period, unused_cost DESC, commitment, account_id
