-- title: Utilisation of Savings Plans
-- description: Commitment, used and unused part of each Savings Plan, up to the last hour that the report tells of.
-- param: period period latest  Billing period
WITH told AS (
    {{line_items/told}}
),
parts AS (
    SELECT
        savings_plan_savings_plan_a_r_n AS savings_plan,
        savings_plan_offering_type AS offering,
        savings_plan_payment_option AS payment,
        savings_plan_total_commitment_to_date AS commitment,
        savings_plan_used_commitment AS used,
        {{line_items/savings_plan_unused}} AS unused,
        line_item_currency_code AS currency
    FROM cur
    LEFT JOIN told ON told.report = cur.report AND told.billing_period = cur.billing_period
    WHERE cur.billing_period = $period AND line_item_line_item_type = 'SavingsPlanRecurringFee' AND {{line_items/is_due}}
    UNION ALL
    SELECT
        commitmentdiscountid,
        commitmentdiscounttype,
        NULL,
        effectivecost,
        CASE WHEN commitmentdiscountstatus = 'Unused' THEN 0 ELSE effectivecost END,
        CASE WHEN commitmentdiscountstatus = 'Unused' THEN effectivecost ELSE 0 END,
        billingcurrency
    FROM focus
    WHERE billing_period = $period AND chargecategory = 'Usage' AND commitmentdiscounttype LIKE '%Savings%'
)
SELECT
    savings_plan,
    max(offering) AS offering,
    max(payment) AS payment,
    sum(commitment) AS commitment,
    sum(used) AS used,
    sum(unused) AS unused,
    round(100 * sum(used) / nullif(sum(commitment), 0), 2) AS used_percent,
    currency
FROM parts
GROUP BY savings_plan, currency
ORDER BY unused DESC, savings_plan
