SELECT CAST(a AS varchar(3)) AS a, CAST(a AS char(4)) AS b, TRY_CAST(a AS VARCHAR(10)) AS c FROM t
-- becomes
SELECT substr(CAST(a AS VARCHAR), 1, 3) AS a, rpad(CAST(a AS VARCHAR), 4, ' ') AS b, substr(TRY_CAST(a AS VARCHAR), 1, 10) AS c FROM t
----
SELECT CAST(a AS JSON) AS a, json '{"a": 1}' AS b FROM t
-- becomes
SELECT to_json(a) AS a, json_parse('{"a": 1}') AS b FROM t
----
SELECT CAST(a AS decimal) AS a, CAST(a AS decimal(16, 8)) AS b, CAST(a AS decimal(5)) AS c, CAST(a AS numeric(5, 2)) AS d FROM t
-- becomes
SELECT CAST(a AS DECIMAL(38,0)) AS a, CAST(a AS DECIMAL(16,8)) AS b, CAST(a AS DECIMAL(5)) AS c, CAST(a AS NUMERIC(5,2)) AS d FROM t
----
SELECT CAST(a AS timestamp) AS a, CAST(a AS timestamp(3) with time zone) AS b, CAST(a AS timestamp(9)) AS c, CAST(a AS time) AS d FROM t
-- becomes
SELECT CAST(a AS TIMESTAMP(6)) AS a, CAST(a AS TIMESTAMP(3) WITH TIME ZONE) AS b, CAST(a AS TIMESTAMP(9)) AS c, CAST(a AS TIME) AS d FROM t
----
SELECT CAST(a AS varbinary) AS a, CAST(a AS double) AS b, CAST(a AS real) AS c, CAST(a AS array(varchar)) AS d, CAST(a AS array<bigint>) AS e FROM t
-- becomes
SELECT CAST(a AS BYTEA) AS a, CAST(a AS DOUBLE) AS b, CAST(a AS REAL) AS c, CAST(a AS ARRAY<VARCHAR>) AS d, CAST(a AS ARRAY<BIGINT>) AS e FROM t
----
SELECT CAST(ROW(1, 'a') AS ROW(x integer, y varchar)) AS r
-- becomes
SELECT named_struct('x', CAST(1 AS INTEGER), 'y', CAST('a' AS VARCHAR)) AS r
----
SELECT CAST(r AS ROW(x integer, array(row(bigint)))) AS r FROM t
-- becomes
SELECT CAST(r AS STRUCT<x INTEGER, ARRAY<STRUCT<BIGINT>>>) AS r FROM t
----
SELECT CAST(a AS map(varchar, bigint)) AS m FROM t
-- becomes
SELECT CAST(a AS Map(VARCHAR, BIGINT)) AS m FROM t
----
SELECT decimal '1.50' AS a, double '1.5' AS b, bigint '7' AS c, decimal '-0.5' AS d, date '2026-01-01' AS e
-- becomes
SELECT 1.50 AS a, DOUBLE '1.5' AS b, BIGINT '7' AS c, -0.5 AS d, DATE '2026-01-01' AS e
