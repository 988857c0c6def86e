-- title: Forecast to the end of the month
-- description: What a billing period will have cost when it is over: what is booked, what the remaining days should bring, what comes once a month, and the bounds that the noise of the last weeks gives.
-- param: by total|service|account|both total  What rows are of: all costs, a service, an account, or a service in an account
-- param: metric unblended|amortized unblended  Which cost
-- param: period period latest  Billing period
-- param: days integer 28  How many days tell what is usual, up to the last one whose usage has arrived
-- param: settle integer 1  Days at the end of the data that do not count as whole, because usage is still arriving
-- param: deviations decimal 2  How many standard deviations the bounds are away
-- A day to come costs the median of its weekday (of all days, where there are fewer than 14); a day that has begun, what is
-- missing to that. Fees of Savings Plans are such a series of their own, as reports may tell them ahead. Fees of reservations,
-- support and subscriptions come to what they were in the period before, unless they are there already. Taxes and discounts
-- come to the proportion to all these that they had in the period before (unless more is there already), or else go on in that
-- of this period. Other fees, credits and refunds are taken as they are booked. A period whose last day has usage is over:
-- nothing is to come.
-- The deviation of a day is 1.4826 times the median absolute deviation from the medians, times sqrt(n / (n - k)) for n days and k
-- medians. Over m days to come that is sqrt(m + pi / 2 * m * m / n) of it: each day's own, and that of the medians' level.
-- Medians do not add up: the rows of services are not parts of the total's forecast.
WITH bounds AS (
    SELECT
        CAST(concat($period, '-01') AS DATE) AS first_day,
        CAST(CAST(concat($period, '-01') AS DATE) + INTERVAL '1 month' - INTERVAL '1 day' AS DATE) AS last_day,
        to_char(CAST(concat($period, '-01') AS DATE) - INTERVAL '1 month', '%Y-%m') AS period_before
),
charges AS (
    SELECT
        payer_account_id,
        billing_period,
        usage_date AS day,
        CASE WHEN $by IN ('service', 'both') THEN service ELSE '(all)' END AS service,
        CASE WHEN $by IN ('account', 'both') THEN account_id ELSE '(all)' END AS account_id,
        CASE
            WHEN charge_type = 'Tax' THEN 'tax'
            WHEN charge_type LIKE '%Discount' THEN 'discount'
            WHEN charge_type IN ('RIFee', 'FlatRateSubscription') OR charge_type = 'Fee' AND service LIKE '%Support%' THEN 'monthly'
            WHEN charge_type IN ('Fee', 'SavingsPlanUpfrontFee', 'Credit', 'Refund', 'Purchase', 'Adjustment') THEN 'once'
            WHEN charge_type = 'SavingsPlanRecurringFee' THEN 'plan'
            ELSE 'usage'
        END AS kind,
        sum(CASE WHEN $metric = 'amortized' THEN amortized_cost ELSE unblended_cost END) AS cost,
        currency
    FROM costs
    WHERE billing_period <= $period
    GROUP BY 1, 2, 3, 4, 5, 6, currency
),
-- The last day of which every payer's usage has arrived.
known AS (
    SELECT
        first_day,
        last_day,
        period_before,
        CASE WHEN arrived >= last_day THEN last_day ELSE CAST(CAST(arrived AS INTEGER) - CAST($settle AS INTEGER) AS DATE) END AS until
    FROM bounds
    CROSS JOIN (
        SELECT min(arrived) AS arrived
        FROM (
            SELECT payer_account_id, max(day) AS arrived
            FROM charges
            WHERE billing_period = $period AND kind = 'usage'
            GROUP BY payer_account_id
        )
    )
),
booked AS (
    SELECT
        service,
        account_id,
        currency,
        sum(CASE WHEN billing_period = $period THEN cost ELSE 0 END) AS cost,
        sum(CASE WHEN billing_period = period_before THEN cost ELSE 0 END) AS cost_before,
        sum(CASE WHEN billing_period = $period AND kind = 'monthly' THEN cost ELSE 0 END) AS monthly,
        sum(CASE WHEN billing_period = period_before AND kind = 'monthly' THEN cost ELSE 0 END) AS monthly_before,
        sum(CASE WHEN billing_period = $period AND kind = 'tax' THEN cost ELSE 0 END) AS tax,
        sum(CASE WHEN billing_period = period_before AND kind = 'tax' THEN cost ELSE 0 END) AS tax_before,
        sum(CASE WHEN billing_period = $period AND kind = 'discount' THEN cost ELSE 0 END) AS discount,
        sum(CASE WHEN billing_period = period_before AND kind = 'discount' THEN cost ELSE 0 END) AS discount_before,
        sum(CASE WHEN billing_period = $period AND kind IN ('monthly', 'plan', 'usage') THEN cost ELSE 0 END) AS base,
        sum(CASE WHEN billing_period = period_before AND kind IN ('monthly', 'plan', 'usage') THEN cost ELSE 0 END) AS base_before
    FROM charges
    CROSS JOIN bounds
    WHERE billing_period IN ($period, period_before)
    GROUP BY service, account_id, currency
),
-- Usage and fees of plans by day; what has none on a day had none.
series AS (
    SELECT service, account_id, currency, kind, day, sum(cost) AS cost
    FROM charges
    WHERE kind IN ('plan', 'usage')
    GROUP BY service, account_id, currency, kind, day
),
names AS (
    SELECT service, account_id, currency, kind, row_number() OVER (ORDER BY service, account_id, currency, kind) AS series
    FROM (SELECT DISTINCT service, account_id, currency, kind FROM series)
),
past AS (
    SELECT DISTINCT day, CAST(day AS INTEGER) % 7 AS weekday, count(*) OVER () AS days
    FROM (SELECT DISTINCT day FROM series)
    CROSS JOIN known
    WHERE day <= until AND CAST(day AS INTEGER) > CAST(until AS INTEGER) - CAST($days AS INTEGER)
),
to_come AS (
    SELECT day, CAST(day AS INTEGER) % 7 AS weekday
    FROM (
        SELECT CAST(CAST(until AS INTEGER) + unnest(range(1, 32)) AS DATE) AS day, last_day
        FROM known
    )
    WHERE day <= last_day
),
usual AS (
    SELECT
        series,
        weekday,
        cost,
        CASE WHEN days >= 14 THEN median(cost) OVER (PARTITION BY series, weekday) ELSE median(cost) OVER (PARTITION BY series) END AS usual,
        CAST(days AS DOUBLE) AS n,
        CASE WHEN days >= 14 THEN 7 ELSE 1 END AS k
    FROM (
        SELECT names.series, past.weekday, past.days, CASE WHEN series.day IS NULL THEN 0 ELSE series.cost END AS cost
        FROM names
        CROSS JOIN past
        LEFT JOIN series ON series.day = past.day AND series.kind = names.kind
            AND (series.service IS NOT DISTINCT FROM names.service)
            AND (series.account_id IS NOT DISTINCT FROM names.account_id)
            AND (series.currency IS NOT DISTINCT FROM names.currency)
    )
),
weekdays AS (
    SELECT series, weekday, max(usual) AS usual FROM usual GROUP BY series, weekday
),
noise AS (
    SELECT
        series,
        median(cost) AS usual,
        1.4826 * CAST(median(abs(cost - usual)) AS DOUBLE) * sqrt(max(n) / nullif(max(n) - max(k), 0)) AS deviation,
        max(n) AS n
    FROM usual
    GROUP BY series
),
expected AS (
    SELECT
        names.service,
        names.account_id,
        names.currency,
        sum(greatest(coalesce(weekdays.usual, noise.usual) - coalesce(series.cost, 0), 0)) AS cost,
        CASE WHEN count(CASE WHEN names.kind = 'usage' THEN 1 END) = 0 THEN 0 ELSE max(CASE WHEN names.kind = 'usage' THEN noise.deviation END) END
            * sqrt(count(DISTINCT to_come.day) + pi() / 2 * power(count(DISTINCT to_come.day), 2) / max(noise.n)) AS deviation
    FROM names
    CROSS JOIN to_come
    JOIN noise ON noise.series = names.series
    LEFT JOIN weekdays ON weekdays.series = names.series AND weekdays.weekday = to_come.weekday
    LEFT JOIN series ON series.day = to_come.day AND series.kind = names.kind
        AND (series.service IS NOT DISTINCT FROM names.service)
        AND (series.account_id IS NOT DISTINCT FROM names.account_id)
        AND (series.currency IS NOT DISTINCT FROM names.currency)
    GROUP BY names.service, names.account_id, names.currency
),
parts AS (
    SELECT
        booked.*,
        until,
        coalesce(expected.cost, 0) AS usage_to_come,
        CASE WHEN until < last_day THEN greatest(monthly_before - monthly, 0) ELSE 0 END AS monthly_to_come,
        CASE
            WHEN until = last_day OR until < last_day AND expected.cost IS NULL THEN 0
            WHEN until < last_day THEN deviation
        END AS deviation
    FROM booked
    CROSS JOIN known
    LEFT JOIN expected ON (expected.service IS NOT DISTINCT FROM booked.service)
        AND (expected.account_id IS NOT DISTINCT FROM booked.account_id)
        AND (expected.currency IS NOT DISTINCT FROM booked.currency)
),
forecasts AS (
    SELECT
        *,
        cost + usage_to_come + monthly_to_come + tax_to_come + discount_to_come AS forecast,
        CAST(CAST($deviations AS DOUBLE) * deviation AS DECIMAL(38, 18)) AS margin
    FROM (
        SELECT
            *,
            CAST(CASE
                WHEN base_to_come = 0 THEN 0
                WHEN tax_before / nullif(base_before, 0) > 0 THEN greatest(tax_before / base_before * (base + base_to_come) - tax, 0)
                ELSE coalesce(tax / nullif(base, 0) * base_to_come, 0)
            END AS DECIMAL(38, 18)) AS tax_to_come,
            CAST(CASE
                WHEN base_to_come = 0 THEN 0
                WHEN discount_before / nullif(base_before, 0) < 0 THEN least(discount_before / base_before * (base + base_to_come) - discount, 0)
                ELSE coalesce(discount / nullif(base, 0) * base_to_come, 0)
            END AS DECIMAL(38, 18)) AS discount_to_come
        FROM (SELECT *, usage_to_come + monthly_to_come AS base_to_come FROM parts)
    )
)
SELECT
    $period AS billing_period,
    service,
    account_id,
    until AS told_until,
    cost AS booked,
    usage_to_come,
    monthly_to_come,
    tax_to_come,
    discount_to_come,
    forecast,
    CASE WHEN margin IS NOT NULL THEN greatest(forecast - margin, least(forecast, cost)) END AS low,
    forecast + margin AS high,
    cost_before,
    currency
FROM forecasts
ORDER BY forecast DESC, service, account_id, currency
