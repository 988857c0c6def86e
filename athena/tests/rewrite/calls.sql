SELECT IF(a > 1, 'x', 'y') AS b, "IF"(a > 1, 2) FROM T
-- becomes
SELECT CASE WHEN a > 1 THEN 'x' ELSE 'y' END AS b, CASE WHEN a > 1 THEN 2 END AS _col1 FROM t
----
SELECT listagg(x, ',') WITHIN GROUP (ORDER BY y DESC) AS l FROM t
-- becomes
SELECT array_join(array_agg(x ORDER BY y DESC) FILTER (WHERE (x) IS NOT NULL), ',') AS l FROM t
----
SELECT LISTAGG(DISTINCT x) WITHIN GROUP (ORDER BY x) AS l FROM t
-- becomes
SELECT array_join(array_agg(DISTINCT x ORDER BY x) FILTER (WHERE (x) IS NOT NULL), '') AS l FROM t
----
SELECT listagg(x, ',' ON OVERFLOW ERROR) WITHIN GROUP (ORDER BY y) AS l FROM t
-- becomes
SELECT array_join(array_agg(x ORDER BY y) FILTER (WHERE (x) IS NOT NULL), ',') AS l FROM t
----
SELECT current_timestamp(3) AS a, localtimestamp AS b, now() AS c, current_date AS d
-- becomes
SELECT current_timestamp AS a, CAST(current_timestamp AS TIMESTAMP) AS b, now() AS c, current_date AS d
----
SELECT ts AT TIME ZONE 'America/New_York' AS a FROM t
-- becomes
SELECT at_timezone(ts, 'America/New_York') AS a FROM t
----
SELECT EXTRACT(DOW FROM ts) AS a, EXTRACT(day_of_week FROM ts) AS b, EXTRACT(YEAR FROM ts) AS c FROM t
-- becomes
SELECT day_of_week(ts) AS a, day_of_week(ts) AS b, year(ts) AS c FROM t
----
SELECT json_query(x, 'lax $.a' OMIT QUOTES) AS a, json_query(x, 'lax $.a' WITH ARRAY WRAPPER) AS b, json_value(x, 'lax $.a' RETURNING bigint NULL ON EMPTY NULL ON ERROR) AS c, JSON_EXISTS(x, 'strict $.b') AS d FROM t
-- becomes
SELECT json_query(x, 'lax $.a', 'OMIT QUOTES') AS a, json_query(x, 'lax $.a', 'WITH WRAPPER') AS b, CAST(json_value(x, 'lax $.a') AS BIGINT) AS c, json_exists(x, 'strict $.b') AS d FROM t
----
SELECT json_value(x, 'lax $.a' ERROR ON ERROR) AS a FROM t
-- becomes
SELECT json_value(x, 'lax $.a', 'ERROR ON ERROR') AS a FROM t
----
SELECT json_value(x, 'lax $.a' EMPTY OBJECT ON ERROR) FROM t
-- refused: json_value with EMPTY OBJECT ON ERROR is not supported
----
SELECT count(DISTINCT a, b) AS n FROM t
-- becomes
SELECT count(DISTINCT CASE WHEN (a) IS NOT NULL AND (b) IS NOT NULL THEN struct(a, b) END) AS n FROM t
----
SELECT ROW(1, 'a') AS r
-- becomes
SELECT named_struct('field0', 1, 'field1', 'a') AS r
----
SELECT TRY(CAST(x AS double) / a) AS q, try(plain(x)) AS p FROM t
-- becomes
SELECT (TRY_CAST(x AS DOUBLE) / try_divisor(TRY_CAST(x AS DOUBLE), a)) AS q, (plain(x)) AS p FROM t
----
SELECT transform(a, x -> x + 1) AS b, reduce(a, 0, (s, X) -> s + x, s -> s) AS c FROM t
-- becomes
SELECT transform(a, x -> x + 1) AS b, reduce(a, 0, (s, x) -> s + x, s -> s) AS c FROM t
----
SELECT listagg(x) AS l, listagg(x, ',' ON OVERFLOW ERROR) AS m FROM t
-- becomes
SELECT listagg(x, '') AS l, listagg(x, ',') AS m FROM t
