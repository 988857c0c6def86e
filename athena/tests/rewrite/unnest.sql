SELECT x FROM t CROSS JOIN UNNEST(l) AS U (X)
-- becomes
SELECT x FROM t CROSS JOIN UNNEST(l) AS u (x)
----
SELECT x, n FROM t LEFT JOIN UNNEST(l) WITH ORDINALITY AS u (x, n) ON TRUE
-- becomes
SELECT x, n FROM t CROSS JOIN UNNEST(unnest_never_empty(l), unnest_never_empty(unnest_ordinals(l))) AS u (x, n)
----
SELECT k, v FROM t CROSS JOIN UNNEST(m) AS u (k, v)
-- becomes
SELECT k, v FROM t CROSS JOIN LATERAL (SELECT entry['f0'] AS f0, entry['f1'] AS f1 FROM UNNEST(unnest_entries(m)) AS entries (entry)) AS u (k, v)
----
SELECT x FROM t, UNNEST(ARRAY[a, b]) AS u (x)
-- becomes
SELECT x FROM t, UNNEST(make_array(a, b)) AS u (x)
----
SELECT x FROM t LEFT JOIN UNNEST(l) AS u (x) ON x > 1
-- refused: LEFT JOIN UNNEST with a condition other than ON TRUE is not supported
----
SELECT x FROM UNNEST(m, l) AS u (k, v, x)
-- refused: UNNEST of several maps or arrays of rows is not supported
----
SELECT DISTINCT upper(a) FROM t ORDER BY upper(a), b
-- becomes
SELECT DISTINCT upper(a) AS _col0 FROM t ORDER BY _col0, b
