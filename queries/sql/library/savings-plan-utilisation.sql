-- title: Utilisation of Savings Plans
-- description: Commitment, used and unused part of each Savings Plan (line items only; FOCUS has no such columns).
-- param: period period latest  Billing period
SELECT
    savings_plan_savings_plan_a_r_n AS savings_plan,
    max(savings_plan_offering_type) AS offering,
    max(savings_plan_payment_option) AS payment,
    sum(savings_plan_total_commitment_to_date) AS commitment,
    sum(savings_plan_used_commitment) AS used,
    sum({{line_items/savings_plan_unused}}) AS unused,
    round(100 * sum(savings_plan_used_commitment) / nullif(sum(savings_plan_total_commitment_to_date), 0), 2) AS used_percent,
    line_item_currency_code AS currency
FROM cur
WHERE billing_period = $period AND line_item_line_item_type = 'SavingsPlanRecurringFee'
GROUP BY savings_plan_savings_plan_a_r_n, line_item_currency_code
ORDER BY unused DESC, savings_plan
