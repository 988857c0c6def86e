-- title: What a further Savings Plan would have saved
-- description: For a Compute Savings Plan of so much per hour on top of what there is: saving, coverage and utilisation in the period, and the best commitment; needs hourly reports.
-- param: period period latest  Billing period
-- param: from period optional  First billing period, if there are to be several
-- param: discount share optional  What the plan takes off on-demand prices, such as 0.27; else as observed per instance family, or typical
-- param: account text optional  Only usage of this account
-- param: service text optional  Only usage of this service, such as AWSLambda (by its code)
-- param: steps integer 20  Number of steps that the curve has, 1000 at most
--
-- A plan costs its commitment in every hour and pays for usage at its own, lower prices, in each hour anew: first for what it makes cheapest, until the
-- commitment is used up. So an hour's usage is a row of segments on the axis of commitments, each with the on-demand cost that a dollar of commitment
-- replaces there. Where segments begin and end the saving bends, and nowhere else: running sums over these points tell it exactly for every commitment.
WITH observed AS (
    SELECT currency, family, 1 - sum(effective) / sum(on_demand) AS discount
    FROM (
        SELECT currency, {{costs/compute_family}} AS family, on_demand, effective
        FROM (
            SELECT
                line_item_currency_code AS currency,
                line_item_product_code AS service_code,
                line_item_usage_type AS usage_type,
                line_item_unblended_cost AS on_demand,
                savings_plan_savings_plan_effective_cost AS effective
            FROM cur
            WHERE billing_period BETWEEN coalesce($from, $period) AND $period
                AND line_item_line_item_type = 'SavingsPlanCoveredUsage'
                AND coalesce(savings_plan_offering_type, '') <> 'EC2InstanceSavingsPlans'
            UNION ALL
            SELECT billingcurrency, x_servicecode, x_usagetype, listcost, effectivecost
            FROM focus
            WHERE billing_period BETWEEN coalesce($from, $period) AND $period
                AND chargecategory = 'Usage'
                AND commitmentdiscounttype LIKE '%Savings%' AND commitmentdiscounttype NOT LIKE 'EC2%'
                AND consumedquantity IS NOT NULL
        )
    )
    WHERE family IS NOT NULL
    GROUP BY currency, family
    HAVING sum(effective) > 0 AND sum(on_demand) >= sum(effective)
),
-- A commitment is paid for hours without usage too: all from the first to the last that the reports tell of.
hours AS (
    SELECT currency, CAST((to_unixtime(max(usage_start)) - to_unixtime(min(usage_start))) / 3600 + 1 AS DOUBLE) AS hours
    FROM costs
    WHERE billing_period BETWEEN coalesce($from, $period) AND $period
        AND charge_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage')
        AND usage_end <= usage_start + INTERVAL '1 hour'
    GROUP BY currency
),
uncovered AS (
    SELECT currency, family, hour, sum(unblended_cost) AS on_demand
    FROM (
        SELECT
            currency,
            {{costs/compute_family}} AS family,
            CASE WHEN usage_end <= usage_start + INTERVAL '1 hour' THEN date_trunc('hour', usage_start) END AS hour,
            unblended_cost
        FROM costs
        WHERE billing_period BETWEEN coalesce($from, $period) AND $period
            AND charge_type = 'Usage' AND purchase_option = 'On-Demand'
            AND ($account IS NULL OR account_id = $account)
            AND ($service IS NULL OR service_code = $service)
    )
    WHERE family IS NOT NULL
    GROUP BY currency, family, hour
    HAVING sum(unblended_cost) > 0
),
priced AS (
    SELECT
        uncovered.currency,
        uncovered.family,
        hour,
        hours,
        on_demand,
        $discount IS NULL AND observed.discount IS NOT NULL AS is_observed,
        1 - coalesce(CAST($discount AS DOUBLE), observed.discount,
            CAST(CASE uncovered.family WHEN 'Lambda' THEN 0.12 WHEN 'Fargate' THEN 0.15 ELSE 0.27 END AS DOUBLE)) AS rate
    FROM uncovered
    LEFT JOIN observed ON observed.currency = uncovered.currency AND observed.family = uncovered.family
    LEFT JOIN hours ON hours.currency = uncovered.currency
),
segments AS (
    SELECT
        currency,
        hour,
        hours,
        rate,
        on_demand * rate AS width,
        sum(on_demand * rate) OVER (PARTITION BY currency, hour ORDER BY rate, family ROWS UNBOUNDED PRECEDING) AS until,
        sum(CASE WHEN hour IS NOT NULL THEN on_demand END) OVER (PARTITION BY currency) AS on_demand_cost,
        sum(CASE WHEN hour IS NULL THEN on_demand ELSE 0 END) OVER (PARTITION BY currency) AS not_hourly_cost,
        sum(CASE WHEN hour IS NOT NULL AND is_observed THEN on_demand ELSE 0 END) OVER (PARTITION BY currency) AS observed_cost,
        row_number() OVER (PARTITION BY currency ORDER BY hour, rate, family) AS number
    FROM priced
),
-- Per segment its two ends (0 and 1) and, beside the upper one, the next commitments that AWS sells, in thousandths of a dollar (2 and 3); once per
-- currency the steps of the curve. What is not by the hour has no ends, and counts once if there is nothing else.
points AS (
    SELECT
        currency,
        hours,
        on_demand_cost,
        not_hourly_cost,
        observed_cost,
        CASE
            WHEN hour IS NULL THEN NULL
            WHEN kind = 0 THEN until - width
            WHEN kind = 1 THEN until
            WHEN kind = 2 THEN floor(until * 1000) / 1000
            WHEN kind = 3 THEN ceil(until * 1000) / 1000
            ELSE ceil(1000 * max(CASE WHEN hour IS NOT NULL THEN until END) OVER (PARTITION BY currency) * (kind - 4)
                / least(greatest(CAST($steps AS BIGINT), 1), 1000)) / 1000
        END AS commitment,
        CASE kind WHEN 0 THEN 1 WHEN 1 THEN -1 ELSE 0 END AS bend,
        CASE kind WHEN 0 THEN 1 / rate WHEN 1 THEN -1 / rate ELSE 0 END AS covering_bend,
        kind > 1 AS is_sold,
        kind > 3 AS is_step
    FROM segments
    CROSS JOIN (SELECT unnest(range(0, 5 + least(greatest(CAST($steps AS BIGINT), 1), 1000))) AS kind)
    WHERE CASE WHEN hour IS NULL THEN number = 1 AND kind = 2 ELSE kind < 4 OR number = 1 END
),
sums AS (
    SELECT
        *,
        commitment * sum(bend) OVER upwards - sum(bend * commitment) OVER upwards AS used,
        commitment * sum(covering_bend) OVER upwards - sum(covering_bend * commitment) OVER upwards AS covered
    FROM points
    WINDOW upwards AS (PARTITION BY currency ORDER BY commitment)
),
curve AS (
    SELECT
        currency,
        hours,
        on_demand_cost,
        not_hourly_cost,
        observed_cost,
        commitment,
        max(used) AS used,
        max(covered) AS covered,
        round(max(covered) - hours * commitment, 6) AS saving,
        bool_or(is_step) AS is_step
    FROM sums
    WHERE is_sold
    GROUP BY currency, hours, on_demand_cost, not_hourly_cost, observed_cost, commitment
),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY currency ORDER BY saving DESC, commitment) = 1 AS is_best
    FROM curve
)
SELECT
    commitment,
    commitment IS NOT NULL AND is_best AS best,
    saving,
    round(100 * saving / on_demand_cost, 2) AS saving_percent,
    round(100 * covered / on_demand_cost, 2) AS coverage_percent,
    round(100 * used / nullif(hours * commitment, 0), 2) AS utilisation_percent,
    CAST(hours AS BIGINT) AS hours,
    on_demand_cost,
    not_hourly_cost,
    round(100 * observed_cost / on_demand_cost, 2) AS observed_percent,
    currency,
    CASE WHEN commitment IS NULL THEN 'unavailable: the reports tell this usage by the day or month, and a Savings Plan is used up hour by hour' END AS remark
FROM ranked
WHERE is_step OR is_best
ORDER BY currency, commitment
