-- What Superset sends beside SQLAlchemy's inspection: listing databases and views, time ranges, top series, SQL Lab.
-- See metabase.sql for the notation.

-- reads: datname
-- finds: some
SELECT datname FROM pg_database WHERE datistemplate = false;

-- reads: nspname
-- finds: some
SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg_%' ORDER BY nspname;

-- reads: relname
-- finds: none
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind in ('m');

-- reads: usage_start, service, SUM(unblended_cost)
-- finds: some
SELECT DATE_TRUNC('day', usage_start) AS usage_start, service AS service, sum(unblended_cost) AS "SUM(unblended_cost)"
FROM public.costs JOIN (SELECT service AS service__, sum(unblended_cost) AS mme_inner__
FROM public.costs
WHERE usage_start >= TO_TIMESTAMP('2026-09-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US') AND usage_start < TO_TIMESTAMP('2026-11-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US') GROUP BY service ORDER BY mme_inner__ DESC
 LIMIT 10) AS series_limit ON service = service__
WHERE usage_start >= TO_TIMESTAMP('2026-09-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US') AND usage_start < TO_TIMESTAMP('2026-11-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US') GROUP BY DATE_TRUNC('day', usage_start), service ORDER BY "SUM(unblended_cost)" DESC
 LIMIT 50000;

-- reads: account_id, region, SUM(amortized_cost), COUNT_DISTINCT(resource_id)
-- finds: some
SELECT account_id AS account_id, region AS region, sum(amortized_cost) AS "SUM(amortized_cost)", COUNT(DISTINCT resource_id) AS "COUNT_DISTINCT(resource_id)"
FROM public.costs
WHERE usage_date >= TO_DATE('2026-09-01', 'YYYY-MM-DD') AND usage_date < TO_DATE('2026-11-01', 'YYYY-MM-DD') AND (charge_type IN ('Usage', 'Tax')) GROUP BY account_id, region ORDER BY "SUM(amortized_cost)" DESC
 LIMIT 1000;

-- reads: month, count
-- finds: some
SELECT to_char(usage_start, 'YYYY-MM') AS month, count(*) FROM public.costs GROUP BY 1 ORDER BY 1;

-- reads: rowcount
-- finds: some
SELECT COUNT(*) AS rowcount FROM (SELECT service AS service FROM public.costs GROUP BY service LIMIT 100) AS rowcount_qry;
