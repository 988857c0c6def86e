-- title: Why costs changed
-- description: The change of cost between two billing periods as a sum of its causes, exact to the last digit: days, usage, prices, new and gone resources, commitments, credits and discounts, tax, one-off charges.
-- param: from period previous  The earlier billing period
-- param: to period latest  The later billing period
-- param: by total|service|account|account,service service  A row for each of these
-- param: metric unblended|amortized|net-unblended|net-amortized amortized  Which cost
-- param: account text optional  Only this account
-- param: days integer optional  Only so many first days of both periods, as to compare a month that is not over
--
-- Usage is counted at the prices of an account without commitments. What commitments take off and what they cost are one cause of their own, so that usage
-- which moves under a Savings Plan did not change. Each resource's usage type goes from its old to its new cost in three steps, whose differences are the
-- causes: as many days at the old pace; the new quantity at the old price; the new price. What is there in one period alone is new or gone as a whole.
WITH lines AS (
    SELECT
        *,
        -- At public prices, if it is usage; the price of usage under a Savings Plan is its unblended cost in a CUR, and zero in FOCUS.
        CASE
            WHEN charge_type = 'SavingsPlanCoveredUsage' THEN coalesce(unblended_cost, 0)
            WHEN kind = 'usage' AND purchase_option IN ('Reserved', 'Savings Plan') THEN coalesce(list_cost, 0)
            WHEN kind = 'usage' THEN gross
            ELSE 0
        END AS public
    FROM (
        SELECT
            currency,
            account_id,
            service,
            resource_id,
            usage_type,
            operation,
            usage_unit,
            usage_date,
            charge_type,
            purchase_option,
            billing_period = $to AS is_new,
            CASE WHEN charge_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage', 'FlatRateSubscription') THEN 'usage'
                 WHEN charge_type IN ('Credit', 'Refund', 'Adjustment') OR charge_type LIKE '%Discount' THEN 'credit'
                 WHEN charge_type = 'Tax' THEN 'tax'
                 WHEN purchase_option IS NOT NULL THEN 'commitment'
                 ELSE 'one-off' END AS kind,
            usage_amount,
            unblended_cost,
            list_cost,
            coalesce(CASE WHEN $metric IN ('amortized', 'net-amortized') THEN amortized_cost ELSE unblended_cost END, 0) AS gross,
            coalesce(CASE WHEN $metric = 'amortized' THEN amortized_cost
                          WHEN $metric = 'net-amortized' THEN net_amortized_cost
                          WHEN $metric = 'net-unblended' THEN net_unblended_cost
                          ELSE unblended_cost END, 0) AS cost
        FROM costs
        WHERE billing_period IN ($from, $to) AND (billing_period <> $from OR billing_period <> $to) AND NOT provisional
            AND ($account IS NULL OR account_id = $account)
            AND ($days IS NULL OR usage_date - CAST(concat(billing_period, '-01') AS DATE) < $days)
    )
),
-- What one resource uses of one kind, before and now.
meters AS (
    SELECT
        currency,
        account_id,
        service,
        resource_id,
        usage_type,
        operation,
        usage_unit,
        sum(CASE WHEN NOT is_new THEN cost ELSE 0 END) AS from_cost,
        sum(CASE WHEN is_new THEN cost ELSE 0 END) AS to_cost,
        sum(CASE WHEN NOT is_new THEN public ELSE 0 END) AS from_public,
        sum(CASE WHEN is_new THEN public ELSE 0 END) AS to_public,
        sum(CASE WHEN NOT is_new THEN usage_amount ELSE 0 END) AS from_amount,
        sum(CASE WHEN is_new THEN usage_amount ELSE 0 END) AS to_amount,
        count(CASE WHEN kind = 'usage' AND NOT is_new THEN 1 END) AS from_lines,
        count(CASE WHEN kind = 'usage' AND is_new THEN 1 END) AS to_lines,
        min(CASE WHEN kind = 'usage' AND NOT is_new THEN usage_date END) AS from_first,
        max(CASE WHEN kind = 'usage' AND NOT is_new THEN usage_date END) AS from_last,
        min(CASE WHEN kind = 'usage' AND is_new THEN usage_date END) AS to_first,
        max(CASE WHEN kind = 'usage' AND is_new THEN usage_date END) AS to_last,
        sum(CASE WHEN kind IN ('usage', 'commitment') THEN CASE WHEN is_new THEN gross - public ELSE public - gross END ELSE 0 END) AS commitments,
        sum(CASE WHEN is_new THEN cost - gross ELSE gross - cost END)
            + sum(CASE WHEN kind = 'credit' THEN CASE WHEN is_new THEN gross ELSE 0 - gross END ELSE 0 END) AS credits_and_discounts,
        sum(CASE WHEN kind = 'tax' THEN CASE WHEN is_new THEN gross ELSE 0 - gross END ELSE 0 END) AS tax,
        sum(CASE WHEN kind = 'one-off' THEN CASE WHEN is_new THEN gross ELSE 0 - gross END ELSE 0 END) AS one_offs
    FROM lines
    GROUP BY currency, account_id, service, resource_id, usage_type, operation, usage_unit
),
-- Usage without a resource is its own resource.
compared AS (
    SELECT
        *,
        sum(from_lines) OVER resource > 0 AS was_there,
        sum(to_lines) OVER resource > 0 AS is_there,
        sum(from_lines) OVER () > 0 AND sum(to_lines) OVER () > 0 AS is_comparable,
        coalesce(from_amount, 0) <> 0 AND coalesce(to_amount, 0) <> 0 AS has_amounts,
        -- What is measured in months is no more in a longer one; neither is what has no unit, such as a flat rate.
        coalesce(lower(usage_unit) LIKE '%-mo%' OR lower(usage_unit) LIKE '%month%', true) AS is_monthly,
        max(from_last) OVER currencies - min(from_first) OVER currencies + 1 AS from_days,
        max(to_last) OVER currencies - min(to_first) OVER currencies + 1 AS to_days
    FROM meters
    WINDOW
        resource AS (PARTITION BY currency, account_id, service, resource_id,
            CASE WHEN resource_id IS NULL THEN concat_ws(' ', usage_type, operation, usage_unit) END),
        currencies AS (PARTITION BY currency)
),
-- Products are rounded to millionths; what differs by less, or by less than a billionth of itself, is the same.
priced AS (
    SELECT
        *,
        CASE
            WHEN NOT has_amounts THEN to_public
            WHEN to_amount = from_amount THEN from_public
            WHEN abs(to_public - from_public * to_amount / from_amount) <= greatest(0.000001, 0.000000001 * abs(to_public)) THEN to_public
            ELSE coalesce(TRY_CAST(TRY_CAST(from_public * to_amount / from_amount AS DECIMAL(38, 6)) AS DECIMAL(38, 18)), to_public)
        END AS at_old_price
    FROM compared
    WHERE is_comparable
),
paced AS (
    SELECT
        *,
        CASE
            WHEN NOT has_amounts OR is_monthly OR from_days = to_days THEN from_public
            WHEN abs(at_old_price - from_public * to_days / from_days) <= greatest(0.000001, 0.000000001 * abs(at_old_price)) THEN at_old_price
            ELSE coalesce(TRY_CAST(TRY_CAST(from_public * to_days / from_days AS DECIMAL(38, 6)) AS DECIMAL(38, 18)), from_public)
        END AS at_old_pace
    FROM priced
),
causes AS (
    SELECT
        CASE WHEN $by IN ('account', 'account,service') THEN account_id END AS account_id,
        CASE WHEN $by IN ('service', 'account,service') THEN service END AS service,
        sum(from_cost) AS from_cost,
        sum(to_cost) AS to_cost,
        sum(CASE WHEN was_there AND is_there THEN at_old_pace - from_public ELSE 0 END) AS days,
        sum(CASE WHEN was_there AND is_there THEN at_old_price - at_old_pace ELSE 0 END) AS usage,
        sum(CASE WHEN was_there AND is_there THEN to_public - at_old_price ELSE 0 END) AS price,
        sum(CASE WHEN NOT was_there THEN to_public ELSE 0 END) AS new_resources,
        sum(CASE WHEN NOT is_there THEN 0 - from_public ELSE 0 END) AS gone_resources,
        sum(commitments) AS commitments,
        sum(credits_and_discounts) AS credits_and_discounts,
        sum(tax) AS tax,
        sum(one_offs) AS one_offs,
        currency
    FROM paced
    GROUP BY 1, 2, currency
)
SELECT
    account_id,
    service,
    from_cost,
    to_cost,
    to_cost - from_cost AS change,
    days,
    usage,
    price,
    new_resources,
    gone_resources,
    commitments,
    credits_and_discounts,
    tax,
    one_offs,
    to_cost - from_cost
        - (days + usage + price + new_resources + gone_resources + commitments + credits_and_discounts + tax + one_offs) AS unattributed,
    currency
FROM causes
ORDER BY abs(to_cost - from_cost) DESC, account_id, service
