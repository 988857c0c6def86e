-- What Tableau sends, through PostgreSQL's ODBC driver and of its own. See metabase.sql for the notation.

-- reads: oid, typbasetype
-- finds: none
select oid, typbasetype from pg_type where typname = 'lo';

-- reads: current_schema
-- finds: some
select current_schema();

-- reads: relname, nspname, relkind
-- finds: some
select relname, nspname, relkind from pg_catalog.pg_class c, pg_catalog.pg_namespace n where relkind in ('r', 'v', 'm', 'f', 'p') and nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'pg_temp_1') and n.oid = relnamespace order by nspname, relname;

-- reads: nspname, relname, attname, atttypid, typname, attnum, attlen, atttypmod, attnotnull, relhasrules, relkind, oid, pg_get_expr, case, typtypmod, ?column?, attidentity, relhassubclass
-- finds: some
select n.nspname, c.relname, a.attname, a.atttypid, t.typname, a.attnum, a.attlen, a.atttypmod, a.attnotnull, c.relhasrules, c.relkind, c.oid, pg_get_expr(d.adbin, d.adrelid), case t.typtype when 'd' then t.typbasetype else 0 end, t.typtypmod, 0, attidentity, c.relhassubclass from (((pg_catalog.pg_class c inner join pg_catalog.pg_namespace n on n.oid = c.relnamespace and c.relname like 'costs' and n.nspname like 'public') inner join pg_catalog.pg_attribute a on (not a.attisdropped) and a.attnum > 0 and a.attrelid = c.oid) inner join pg_catalog.pg_type t on t.oid = a.atttypid) left outer join pg_attrdef d on a.atthasdef and d.adrelid = a.attrelid and d.adnum = a.attnum order by n.nspname, c.relname, attnum;

-- reads: attname, attnum, relname, nspname, relname
-- finds: none
select ta.attname, ia.attnum, ic.relname, n.nspname, tc.relname from pg_catalog.pg_attribute ta, pg_catalog.pg_attribute ia, pg_catalog.pg_class tc, pg_catalog.pg_index i, pg_catalog.pg_namespace n, pg_catalog.pg_class ic where tc.relname = 'costs' AND n.nspname = 'public' AND tc.oid = i.indrelid AND n.oid = tc.relnamespace AND i.indisprimary = 't' AND ia.attrelid = i.indexrelid AND ta.attrelid = i.indrelid AND ta.attnum = i.indkey[ia.attnum-1] AND (NOT ta.attisdropped) AND (NOT ia.attisdropped) AND ic.oid = i.indexrelid order by ia.attnum;

-- reads: PKTABLE_CAT, PKTABLE_SCHEM, PKTABLE_NAME
-- finds: none
select 'curtail'::name as "PKTABLE_CAT", n2.nspname as "PKTABLE_SCHEM", c2.relname as "PKTABLE_NAME" from ((select cn.oid, conrelid, conkey, confrelid, confkey, generate_series(array_lower(conkey, 1), array_upper(conkey, 1)) as i, confupdtype, confdeltype, conname, condeferrable, condeferred from pg_catalog.pg_constraint cn, pg_catalog.pg_class c, pg_catalog.pg_namespace n where contype = 'f' and conrelid = c.oid and relname = 'costs' and n.oid = c.relnamespace and n.nspname = 'public') ref inner join pg_catalog.pg_class c1 on c1.oid = ref.conrelid) inner join pg_catalog.pg_namespace n1 on n1.oid = c1.relnamespace inner join pg_catalog.pg_class c2 on c2.oid = ref.confrelid inner join pg_catalog.pg_namespace n2 on n2.oid = c2.relnamespace order by ref.oid, ref.i;

-- reads: nspname
-- finds: some
SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg_toast%' AND nspname NOT LIKE 'pg_temp%' ORDER BY nspname;

-- reads: service, usage_start, unblended_cost
-- finds: none
SELECT "costs"."service" AS "service", "costs"."usage_start" AS "usage_start", "costs"."unblended_cost" AS "unblended_cost" FROM "public"."costs" "costs" LIMIT 0;

-- reads: service, sum:unblended_cost:ok, tmn:usage_start:ok
-- finds: some
SELECT "costs"."service" AS "service", SUM("costs"."unblended_cost") AS "sum:unblended_cost:ok", DATE_TRUNC('MONTH', CAST("costs"."usage_start" AS TIMESTAMP WITHOUT TIME ZONE)) AS "tmn:usage_start:ok" FROM "public"."costs" "costs" GROUP BY 1, 3;

-- reads: yr:usage_date:ok, sum:usage_amount:ok
-- finds: some
SELECT CAST(TRUNC(EXTRACT(YEAR FROM "costs"."usage_date")) AS INTEGER) AS "yr:usage_date:ok", SUM("costs"."usage_amount") AS "sum:usage_amount:ok" FROM "public"."costs" "costs" WHERE (("costs"."usage_date" >= (DATE '2026-09-01')) AND ("costs"."usage_date" <= (DATE '2026-10-31'))) GROUP BY 1 HAVING (COUNT(1) > 0);

-- reads: service, count
-- finds: some
SELECT "Custom SQL Query"."service" AS "service", COUNT(1) AS "count" FROM ( select * from costs ) "Custom SQL Query" GROUP BY 1 ORDER BY 2 DESC LIMIT 100;
