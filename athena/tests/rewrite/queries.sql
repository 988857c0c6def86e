TABLE Db.x
-- becomes
SELECT * FROM db.x
----
TABLE x LIMIT 1
-- becomes
SELECT * FROM x LIMIT 1
----
(TABLE x LIMIT 1) UNION ALL TABLE "Y" ORDER BY a OFFSET 1
-- becomes
(SELECT * FROM x LIMIT 1) UNION ALL SELECT * FROM "y" ORDER BY a OFFSET 1
----
WITH t AS (TABLE x) SELECT a FROM t
-- becomes
WITH t AS (SELECT * FROM x) SELECT a FROM t
----
SELECT a FROM t OFFSET 2 FETCH FIRST 5 ROWS ONLY
-- becomes
SELECT a FROM t LIMIT 5 OFFSET 2
----
SELECT a FROM t FETCH NEXT ROW ONLY
-- becomes
SELECT a FROM t LIMIT 1
----
SELECT a FROM t FETCH FIRST 5 ROWS WITH TIES
-- refused: FETCH FIRST … WITH TIES without ORDER BY
----
SELECT a FROM t GROUP BY ()
-- becomes
SELECT a FROM t HAVING count(*) >= 0
----
SELECT a FROM t GROUP BY DISTINCT ROLLUP(a), ROLLUP(a, b)
-- becomes
SELECT a FROM t GROUP BY GROUPING SETS ((a, b), (a), ())
----
SELECT a FROM t OFFSET 2 ROWS LIMIT 3
-- becomes
SELECT a FROM t LIMIT 3 OFFSET 2 ROWS
----
SELECT a FROM t LIMIT ALL
-- becomes
SELECT a FROM t
----
VALUES 1, 2
-- becomes
VALUES (1), (2)
----
SELECT * FROM (VALUES 1, f(2, 3), -4) AS T (N)
-- becomes
SELECT * FROM (VALUES (1), (f(2, 3)), (-4)) AS t (n)
----
SELECT * FROM (VALUES ROW(1, 'a'), (2, 'b')) AS t (a, b)
-- becomes
SELECT * FROM (VALUES ROW(1, 'a'), ROW(2, 'b')) AS t (a, b)
----
SELECT values FROM t WHERE (values) = 1
-- becomes
SELECT values FROM t WHERE (values) = 1
----
SELECT U&'\00e9' AS a, x'AB01' AS b, '""' AS "quoted ""inner"""
-- becomes
SELECT 'é' AS a, X'AB01' AS b, '""' AS "quoted ""inner"""
----
SELECT a, FROM t
-- refused: at Line: 1, Column: 16
----
SELECT a
FROM t
WHERE a == = 1
-- refused: at Line: 3
----
PREPARE P FROM SELECT A FROM t WHERE b = ? AND c = ?
-- becomes
PREPARE p AS SELECT a AS "A" FROM t WHERE b = ? AND c = ?
----
EXECUTE P USING 1, 'a'
-- becomes
EXECUTE p(1, 'a')
----
DEALLOCATE PREPARE p
-- becomes
DEALLOCATE PREPARE p
----
EXPLAIN (TYPE LOGICAL, FORMAT TEXT) SELECT A FROM t
-- becomes
EXPLAIN SELECT a AS "A" FROM t
----
EXPLAIN ANALYZE SELECT a FROM t
-- becomes
EXPLAIN ANALYZE SELECT a FROM t
----
SHOW TABLES IN db 'cur*'
-- becomes
SHOW TABLES IN db 'cur*'
----
SHOW COLUMNS IN t
-- becomes
SHOW COLUMNS IN t
----
SHOW CREATE VIEW V
-- becomes
SHOW CREATE VIEW v
----
SHOW PARTITIONS t
-- becomes
SHOW PARTITIONS t
----
SHOW FUNCTIONS LIKE 'date%'
-- becomes
SHOW FUNCTIONS LIKE 'date%'
----
SHOW DATABASES
-- becomes
SHOW DATABASES
----
DROP VIEW IF EXISTS "V"
-- becomes
DROP VIEW IF EXISTS "v"
----
USE db
-- becomes
USE db
----
SELECT a FROM t WHERE a = ANY (SELECT B FROM u) AND a IS DISTINCT FROM 1 AND p = $name
-- becomes
SELECT a FROM t WHERE a = ANY(SELECT __in.c0 FROM (SELECT b FROM u) AS __in (c0)) AND a IS DISTINCT FROM 1 AND p = $name
----
SELECT a FROM t WHERE (a, b) IN (SELECT x, y FROM u)
-- becomes
SELECT a FROM t WHERE EXISTS (SELECT 1 AS _col0 FROM (SELECT x, y FROM u) AS __in (c0, c1) WHERE __in.c0 = a AND __in.c1 = b)
----
SELECT date(d.day) AS day, sum(d.cost) AS cost FROM d GROUP BY d.day ORDER BY d.day, cost LIMIT 3
-- becomes
SELECT __ordered_0 AS "day", __ordered_1 AS "cost" FROM (SELECT date(d.day) AS __ordered_0, sum(d.cost) AS __ordered_1, d.day AS __key_0 FROM d GROUP BY d.day) AS __ordered ORDER BY __key_0, cost LIMIT 3
----
SELECT "split"("a", '/')[1] "first", ARRAY[1, 2][2] "second" FROM t
-- becomes
SELECT "split"("a", '/')[1] AS "first", ARRAY[1, 2][2] AS "second" FROM t
----
SELECT 1 AS x FROM db.t TABLESAMPLE BERNOULLI (10) WHERE t.a > 1
-- becomes
SELECT 1 AS x FROM (SELECT * FROM db.t WHERE random() * 100 < (10)) AS t WHERE t.a > 1
----
SELECT 1 AS x FROM t AS u TABLESAMPLE SYSTEM (0.5) JOIN (SELECT 2 AS y) v TABLESAMPLE BERNOULLI (50) ON true
-- becomes
SELECT 1 AS x FROM (SELECT * FROM t WHERE random() * 100 < (0.5)) AS u JOIN (SELECT * FROM (SELECT 2 AS y) WHERE random() * 100 < (50)) v ON true
