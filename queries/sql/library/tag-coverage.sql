-- title: Coverage by tags
-- description: For each tag key, the share of amortized cost and of resources that carry it; cost that cannot carry it (it has no resource) stands apart, and the three costs add up to all.
-- param: by total|service|account|both total  What each key's rows are of: all costs, a service, an account, or a service in an account
-- param: key text optional  Only this key of the map `tags`, such as user_team
-- param: period period latest  Billing period
WITH resources AS (
    SELECT
        CASE WHEN $by IN ('service', 'both') THEN service ELSE '(all)' END AS service,
        CASE WHEN $by IN ('account', 'both') THEN account_id ELSE '(all)' END AS account_id,
        CASE WHEN resource_id IS NOT NULL THEN concat_ws(' ', account_id, resource_id) END AS resource,
        map_keys(tags) AS keys,
        map_values(tags) AS values,
        sum(amortized_cost) AS cost,
        currency
    FROM costs
    WHERE billing_period = $period AND NOT provisional
    GROUP BY 1, 2, 3, 4, 5, currency
),
groups AS (
    SELECT
        service,
        account_id,
        sum(cost) AS cost,
        sum(CASE WHEN resource IS NULL THEN cost ELSE 0 END) AS cost_without_resource,
        count(DISTINCT resource) AS resources,
        currency
    FROM resources
    GROUP BY service, account_id, currency
),
tagged AS (
    SELECT
        key,
        service,
        account_id,
        sum(cost) AS cost,
        sum(CASE WHEN resource IS NULL THEN cost ELSE 0 END) AS cost_without_resource,
        count(DISTINCT resource) AS resources,
        currency
    FROM (SELECT unnest(keys) AS key, unnest(values) AS value, service, account_id, resource, cost, currency FROM resources)
    WHERE value <> ''
    GROUP BY key, service, account_id, currency
),
known AS (
    SELECT substr(column_name, 15) AS key FROM meta.columns
    WHERE table_name = 'line_items' AND column_name LIKE 'resource_tags_%' AND $key IS NULL
    UNION
    SELECT unnest(map_keys(tags)) FROM focus WHERE billing_period = $period AND $key IS NULL
    UNION
    SELECT $key WHERE $key IS NOT NULL
)
SELECT
    known.key,
    groups.service,
    groups.account_id,
    coalesce(tagged.cost, 0) AS tagged_cost,
    groups.cost - groups.cost_without_resource
        - coalesce(tagged.cost, 0) + coalesce(tagged.cost_without_resource, 0) AS untagged_cost,
    groups.cost_without_resource - coalesce(tagged.cost_without_resource, 0) AS untaggable_cost,
    round(100 * coalesce(tagged.cost, 0)
        / nullif(groups.cost - groups.cost_without_resource + coalesce(tagged.cost_without_resource, 0), 0), 2) AS cost_percent,
    coalesce(tagged.resources, 0) AS tagged_resources,
    groups.resources,
    round(100 * CAST(coalesce(tagged.resources, 0) AS DOUBLE) / nullif(groups.resources, 0), 2) AS resources_percent,
    groups.currency
FROM groups
CROSS JOIN known
LEFT JOIN tagged ON tagged.key = known.key
    AND (tagged.service IS NOT DISTINCT FROM groups.service)
    AND (tagged.account_id IS NOT DISTINCT FROM groups.account_id)
    AND (tagged.currency IS NOT DISTINCT FROM groups.currency)
ORDER BY tagged_cost DESC, known.key, untagged_cost DESC, groups.service, groups.account_id
