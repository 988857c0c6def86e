SELECT "Product_Name", T."Usage" FROM "Db"."Cur" AS T WHERE "Year" = '2026' GROUP BY 1, "product_NAME"
-- becomes
SELECT "product_name" AS "Product_Name", t."usage" AS "Usage" FROM "db"."cur" AS t WHERE "year" = '2026' GROUP BY 1, "product_name"
----
SELECT a AS "Foo", b AS Bar FROM t ORDER BY foo, BAR DESC
-- becomes
SELECT a AS "Foo", b AS "Bar" FROM t ORDER BY "Foo", "Bar" DESC
----
WITH X AS (SELECT A AS Foo FROM T) SELECT foo FROM x
-- becomes
WITH x AS (SELECT a AS foo FROM t) SELECT foo FROM x
----
SELECT "DATE_TRUNC"('month', D) AS m, "SUM"(c) FROM awsdatacatalog.DB.T GROUP BY 1
-- becomes
SELECT "date_trunc"('month', d) AS m, "sum"(c) AS _col1 FROM awsdatacatalog.db.t GROUP BY 1
----
SELECT CASE WHEN a > 1 THEN 'x' END AS Big FROM t GROUP BY big
-- becomes
SELECT CASE WHEN a > 1 THEN 'x' END AS big FROM t GROUP BY big
----
SELECT a, a, t.a, b AS a, 1, 2 FROM t
-- becomes
SELECT a, a AS "a_1", t.a AS "a_2", b AS "a_3", 1 AS _col4, 2 AS _col5 FROM t
----
SELECT x.A, y.a FROM X JOIN y USING ("A")
-- becomes
SELECT x.a AS "A", y.a FROM x JOIN y USING("a")
----
CREATE OR REPLACE VIEW "My_View" AS SELECT A AS Foo FROM t
-- becomes
CREATE OR REPLACE VIEW "my_view" AS SELECT a AS foo FROM t
----
SELECT SUM(CAST(x AS double)), SUM(TRY_CAST(x AS double)), sum(x), sum(x) FILTER (WHERE y > 1), count(*) FROM t
-- becomes
SELECT sum(CAST(x AS DOUBLE)) AS _col0, sum(TRY_CAST(x AS DOUBLE)) FILTER (WHERE 1 = 1) AS _col1, sum(x) FILTER (WHERE 2 = 2) AS _col2, sum(x) FILTER (WHERE y > 1) AS _col3, count(*) AS _col4 FROM t
----
SELECT rank() OVER W AS r, lag(x) IGNORE NULLS OVER (PARTITION BY Y ORDER BY z) AS l FROM t WINDOW w AS (ORDER BY Z)
-- becomes
SELECT rank() OVER (ORDER BY z) AS r, lag(x) IGNORE NULLS OVER (PARTITION BY y ORDER BY z) AS l FROM t WINDOW w AS (ORDER BY z)
----
SELECT C.Resource_Tags['Team'] AS t, db.c.Product['x'].Y FROM c GROUP BY C.resource_tags['Team']
-- becomes
SELECT c.resource_tags['Team'] AS t, db.c.product['x']['y'] AS y FROM c GROUP BY c.resource_tags['Team']
----
SELECT r.a, t.r.b, t.x, db.t.y, (r).c.d, r['e'] FROM db.t
-- becomes
SELECT r.a AS a, t.r.b AS b, t.x, db.t.y, (r)['c']['d'] AS d, r['e'] AS _col5 FROM db.t
