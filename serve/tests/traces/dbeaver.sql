-- What DBeaver sends when it connects and shows the tree, the columns and the properties of a table. See metabase.sql for the notation.

-- reads: current_schema, session_user
-- finds: some
SELECT current_schema(),session_user;

-- reads: oid, oid, datname, datdba, encoding
-- finds: some
SELECT db.oid,db.* FROM pg_catalog.pg_database db WHERE datallowconn AND NOT datistemplate OR db.datname ='curtail' ORDER BY db.datname;

-- reads: name, setting
-- finds: some
SELECT * FROM pg_catalog.pg_settings WHERE name='standard_conforming_strings';

-- reads: oid, oid, nspname, nspowner, nspacl, description
-- finds: some
SELECT n.oid,n.*,d.description FROM pg_catalog.pg_namespace n
LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=n.oid AND d.objsubid=0 AND d.classoid='pg_namespace'::regclass
ORDER BY nspname;

-- reads: oid, oid, typname, typnamespace, base_type_name, description
-- finds: some
SELECT t.oid,t.*,c.relkind,format_type(nullif(t.typbasetype, 0), t.typtypmod) as base_type_name, d.description FROM pg_catalog.pg_type t
LEFT OUTER JOIN pg_catalog.pg_type et ON et.oid=t.typelem
LEFT OUTER JOIN pg_catalog.pg_class c ON c.oid=t.typrelid
LEFT OUTER JOIN pg_catalog.pg_description d ON t.oid=d.objoid
WHERE t.typname IS NOT NULL
AND (c.relkind IS NULL OR c.relkind = 'c') AND (et.typcategory IS NULL OR et.typcategory <> 'C');

-- reads: oid, oid, relname, relnamespace, relkind, description, partition_expr, partition_key
-- finds: some
SELECT c.oid,c.*,d.description,pg_catalog.pg_get_expr(c.relpartbound, c.oid) as partition_expr, pg_catalog.pg_get_partkeydef(c.oid) as partition_key
FROM pg_catalog.pg_class c
LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=c.oid AND d.objsubid=0 AND d.classoid='pg_class'::regclass
WHERE c.relnamespace=2200 AND c.relkind not in ('i','I','c');

-- reads: relname, attrelid, attname, atttypid, attnum, atttypmod, def_value, description, objid
-- finds: some
SELECT c.relname,a.*,pg_catalog.pg_get_expr(ad.adbin, ad.adrelid, true) as def_value,dsc.description,dep.objid
FROM pg_catalog.pg_attribute a
INNER JOIN pg_catalog.pg_class c ON (a.attrelid=c.oid)
LEFT OUTER JOIN pg_catalog.pg_attrdef ad ON (a.attrelid=ad.adrelid AND a.attnum = ad.adnum)
LEFT OUTER JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid)
LEFT OUTER JOIN pg_depend dep on dep.refobjid = a.attrelid AND dep.deptype = 'i' and dep.refobjsubid = a.attnum and dep.classid = dep.refclassid
WHERE NOT a.attisdropped AND c.oid=@costs@ ORDER BY a.attnum;

-- reads: oid, oid, conname, tabrelname, refnamespace, description, consrc_copy
-- finds: none
SELECT c.oid,c.*,t.relname as tabrelname,rt.relnamespace as refnamespace,d.description, case when c.contype='c' then "substring"(pg_get_constraintdef(c.oid), 7) else null end consrc_copy
FROM pg_catalog.pg_constraint c
INNER JOIN pg_catalog.pg_class t ON t.oid=c.conrelid
LEFT OUTER JOIN pg_catalog.pg_class rt ON rt.oid=c.confrelid
LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=c.oid AND d.objsubid=0 AND d.classoid='pg_constraint'::regclass
WHERE c.conrelid=@costs@
ORDER BY c.oid;

-- reads: indexrelid, keys, relname, tabrelname, description, pred_expr, expr, index_rel_size, index_num_scans
-- finds: none
SELECT i.*,i.indkey as keys,c.relname,c.relnamespace,c.relam,c.reltablespace,tc.relname as tabrelname,dsc.description,pg_catalog.pg_get_expr(i.indpred, i.indrelid) as pred_expr,pg_catalog.pg_get_expr(i.indexprs, i.indrelid, true) as expr,pg_catalog.pg_relation_size(i.indexrelid) as index_rel_size,pg_catalog.pg_stat_get_numscans(i.indexrelid) as index_num_scans
FROM pg_catalog.pg_index i
INNER JOIN pg_catalog.pg_class c ON c.oid=i.indexrelid
INNER JOIN pg_catalog.pg_class tc ON tc.oid=i.indrelid
LEFT OUTER JOIN pg_catalog.pg_description dsc ON i.indexrelid=dsc.objoid
WHERE i.indrelid=@costs@ ORDER BY tabrelname, c.relname;

-- reads: poid, oid, proname, arg_defaults, description
-- finds: none
SELECT p.oid as poid,p.*,pg_catalog.pg_get_expr(p.proargdefaults, 0) as arg_defaults,d.description
FROM pg_catalog.pg_proc p
LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=p.oid
WHERE p.pronamespace=2200
ORDER BY p.proname;

-- reads: oid, oid, rolname, description
-- finds: some
SELECT a.oid,a.*,pd.description FROM pg_catalog.pg_roles a
left join pg_catalog.pg_shdescription pd on a.oid = pd.objoid
ORDER BY a.rolname;

-- reads: oid, total_rel_size, rel_size
-- finds: some
select c.oid,pg_catalog.pg_total_relation_size(c.oid) as total_rel_size,pg_catalog.pg_relation_size(c.oid) as rel_size
FROM pg_class c
WHERE c.relnamespace=2200;

-- reads: oid, cfg_tbls
-- finds: none
SELECT e.oid, cfg.tbls as cfg_tbls, n.nspname as schema_name, e.*
FROM pg_catalog.pg_extension e
JOIN pg_namespace n on n.oid = e.extnamespace
LEFT JOIN (SELECT ARRAY_AGG(ns.nspname || '.' || cls.relname) tbls, oid_ext FROM (SELECT UNNEST(e1.extconfig) oid, e1.oid oid_ext FROM pg_catalog.pg_extension e1) c JOIN pg_class cls ON cls.oid = c.oid JOIN pg_namespace ns ON ns.oid = cls.relnamespace GROUP BY oid_ext) cfg ON cfg.oid_ext = e.oid
ORDER BY e.oid;

-- reads: oid, oid, collname, description
-- finds: none
SELECT c.oid,c.*,d.description FROM pg_catalog.pg_collation c LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=c.oid WHERE c.collnamespace=11 ORDER BY c.oid;

-- reads: oid, oid, tgname, func_schema
-- finds: none
SELECT x.oid,x.*,p.pronamespace as func_schema,d.description FROM pg_catalog.pg_trigger x
LEFT OUTER JOIN pg_catalog.pg_proc p ON p.oid=x.tgfoid
LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=x.oid AND d.objsubid=0
WHERE x.tgrelid=@costs@ AND NOT x.tgisinternal;

-- reads: oid, oid, rulename, definition
-- finds: none
SELECT r.oid,r.*, pg_get_ruledef(r.oid) AS definition FROM pg_rewrite r WHERE r.ev_class=@costs@ AND r.rulename <> '_RETURN'::name;

-- reads: pg_get_viewdef
-- finds: some
SELECT pg_catalog.pg_get_viewdef(@mine@, true);

-- reads: inhparent
-- finds: none
SELECT i.*,c.relnamespace FROM pg_catalog.pg_inherits i,pg_catalog.pg_class c WHERE i.inhrelid=@costs@ AND c.oid=i.inhparent ORDER BY i.inhseqno;

-- reads: oid, classid, objid
-- finds: none
SELECT DISTINCT dep.deptype, dep.classid, dep.objid as oid, cl.relkind, attr.attname,pg_get_expr(ad.adbin, ad.adrelid) adefval, CASE WHEN cl.relkind IS NOT NULL THEN cl.relkind || COALESCE(dep.objsubid::character varying, '') WHEN tg.oid IS NOT NULL THEN 'T'::text ELSE '' END AS type, dep.objid
FROM pg_depend dep
LEFT JOIN pg_class cl ON dep.objid=cl.oid
LEFT JOIN pg_attribute attr ON dep.objid=attr.attrelid AND dep.objsubid=attr.attnum
LEFT JOIN pg_trigger tg ON dep.objid=tg.oid
LEFT JOIN pg_attrdef ad ON dep.objid=ad.oid
WHERE dep.refobjid=@costs@
ORDER BY classid, cl.relkind;

-- reads: pid, usename, state
-- finds: some
SELECT sa.* FROM pg_catalog.pg_stat_activity sa;

-- reads: service, unblended_cost
-- finds: some
SELECT x.* FROM public.costs x LIMIT 200;
