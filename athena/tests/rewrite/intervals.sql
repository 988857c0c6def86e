SELECT a + INTERVAL '1' MONTH AS a, a + -1 * INTERVAL '1' MONTH AS b, a - INTERVAL '3' DAY * 2 AS c, a + INTERVAL -'1' DAY AS d FROM t
-- becomes
SELECT a + INTERVAL '1' MONTH AS a, a + INTERVAL '-1' MONTH AS b, a - INTERVAL '6' DAY AS c, a + INTERVAL '-1' DAY AS d FROM t
----
SELECT interval '1-2' year to month AS a, INTERVAL '1 2:03' DAY TO MINUTE AS b, - INTERVAL '1.5' SECOND AS c, INTERVAL '-1 2' DAY TO HOUR AS d
-- becomes
SELECT INTERVAL '1 years 2 months' AS a, INTERVAL '1 days 2 hours 3 minutes' AS b, INTERVAL '-1.5' SECOND AS c, INTERVAL '-1 days -2 hours' AS d
----
SELECT a + n * INTERVAL '1' DAY AS a, a - INTERVAL '2' MONTH * (n + 1) AS b FROM t
-- becomes
SELECT date_add('day', (n) * 1, a) AS a, date_add('month', (n + 1) * (-2), a) AS b FROM t
----
SELECT INTERVAL '1x' DAY
-- refused: '1x' is no value of an interval day
----
SELECT INTERVAL '3 days' AS a
-- becomes
SELECT INTERVAL '3 days' AS a
----
SELECT d + INTERVAL '1' FORTNIGHT FROM t
-- refused: INTERVAL '1' lacks its unit
