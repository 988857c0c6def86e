-- title: Anomalies in spend
-- description: Runs of days on which a service in an account cost much more or less (amortized) than the median of the same weekday in the weeks before, measured by the median deviation of these weeks.
-- param: days integer 31  How many days are judged, up to the last one whose usage has arrived
-- param: weeks integer 6  How many weeks before a day tell what is usual; two of them at least must be there
-- param: threshold decimal 4  The score from which a day counts
-- param: min_impact decimal 10  The least difference of a day that matters, in money
-- param: settle integer 1  Days at the end of the data that are not judged, because usage is still arriving
-- Expected is the median of the same weekday. The score is the difference in units of 1.4826 times the median absolute
-- deviation of all these weeks' days from the medians of their weekdays, which is the standard deviation where noise is normal;
-- but no unit is smaller than a twentieth of what is expected, nor than min_impact / threshold: so that what is always the same
-- may vary a little, and no score reaches the threshold by less than min_impact. Days in a row are one anomaly, with the score of
-- the worst: a new level is told once, until it is usual. A day on which the service cost nothing is a day at zero; days of which
-- a payer's reports tell nothing at all are no days. What stands for a month, such as taxes and fees, and discounts are left out.
WITH daily AS (
    SELECT payer_account_id, account_id, service, usage_date AS day, sum(amortized_cost) AS cost, currency
    FROM costs
    WHERE coalesce(charge_type, '') NOT IN
            ('Tax', 'Fee', 'RIFee', 'SavingsPlanUpfrontFee', 'Credit', 'Refund', 'Purchase', 'Adjustment', 'FlatRateSubscription')
        AND coalesce(charge_type, '') NOT LIKE '%Discount'
    GROUP BY payer_account_id, account_id, service, usage_date, currency
),
-- Days that reports tell of, per payer, and how many of them are still to come.
calendar AS (
    SELECT payer_account_id, day, row_number() OVER (PARTITION BY payer_account_id ORDER BY day DESC) - 1 AS age
    FROM (SELECT DISTINCT payer_account_id, day FROM daily)
),
-- What never moved so far that it could matter is not looked at.
series AS (
    SELECT payer_account_id, account_id, service, currency, row_number() OVER (ORDER BY payer_account_id, account_id, service, currency) AS series
    FROM daily
    GROUP BY payer_account_id, account_id, service, currency
    HAVING CAST(greatest(max(cost), 0) - least(min(cost), 0) AS DOUBLE) >= 0.99 * CAST($min_impact AS DOUBLE)
),
filled AS (
    SELECT
        series.series,
        series.account_id,
        series.service,
        series.currency,
        calendar.day,
        calendar.age,
        CAST(calendar.day AS INTEGER) AS number,
        CASE WHEN daily.day IS NULL THEN 0 ELSE daily.cost END AS cost
    FROM series
    JOIN calendar ON (calendar.payer_account_id IS NOT DISTINCT FROM series.payer_account_id)
    LEFT JOIN daily ON daily.day = calendar.day
        AND (daily.payer_account_id IS NOT DISTINCT FROM series.payer_account_id)
        AND (daily.account_id IS NOT DISTINCT FROM series.account_id)
        AND (daily.service IS NOT DISTINCT FROM series.service)
        AND (daily.currency IS NOT DISTINCT FROM series.currency)
),
-- Each judged day beside the days of the weeks before it.
beside AS (
    SELECT judged.series, judged.number, before.number % 7 = judged.number % 7 AS same_weekday, before.number % 7 AS weekday, before.cost
    FROM filled AS judged
    JOIN filled AS before ON before.series = judged.series AND before.number < judged.number
        AND before.number >= judged.number - 7 * CAST($weeks AS BIGINT)
    WHERE judged.age >= CAST($settle AS BIGINT) AND judged.age < CAST($settle AS BIGINT) + CAST($days AS BIGINT)
),
medians AS (
    SELECT *, median(cost) OVER (PARTITION BY series, number, weekday) AS usual FROM beside
),
usual AS (
    SELECT
        series,
        number,
        max(CASE WHEN same_weekday THEN usual END) AS expected,
        median(abs(cost - usual)) AS spread
    FROM medians
    GROUP BY series, number
    HAVING count(cost) >= 14 AND count(CASE WHEN same_weekday THEN cost END) >= 2
),
scored AS (
    SELECT
        filled.*,
        expected,
        (cost - expected) / nullif(greatest(
            1.4826 * CAST(spread AS DOUBLE),
            0.05 * CAST(abs(expected) AS DOUBLE),
            CAST($min_impact AS DOUBLE) / CAST($threshold AS DOUBLE)
        ), 0) AS score
    FROM filled
    JOIN usual ON usual.series = filled.series AND usual.number = filled.number
),
-- Days in a row, one way, have the same run.
odd AS (
    SELECT *, score > 0 AS up, age + row_number() OVER (PARTITION BY series, score > 0 ORDER BY day) AS run
    FROM scored
    WHERE abs(score) >= CAST($threshold AS DOUBLE)
)
SELECT
    min(day) AS day,
    count(*) AS days,
    account_id,
    service,
    sum(cost) AS actual,
    sum(expected) AS expected,
    sum(cost) - sum(expected) AS difference,
    round(CASE WHEN up THEN max(score) ELSE min(score) END, 2) AS score,
    CASE WHEN up THEN 'up' ELSE 'down' END AS direction,
    currency
FROM odd
GROUP BY series, run, up, account_id, service, currency
ORDER BY abs(difference) DESC, day, account_id, service, currency
