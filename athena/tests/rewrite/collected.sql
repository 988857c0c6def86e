SELECT max(x, 3) AS m, min(DISTINCT x) AS n FROM t
-- becomes
SELECT max_by(x, x, 3) AS m, min(DISTINCT x) AS n FROM t
----
SELECT map_agg(k, v ORDER BY o DESC) FILTER (WHERE c) AS m FROM t
-- becomes
SELECT map_of_first(array_agg(named_struct('field0', k, 'field1', v) ORDER BY o DESC) FILTER (WHERE (c) AND (k) IS NOT NULL)) AS m FROM t
----
SELECT map_agg(k, v) AS m, set_agg(x) AS s FROM t
-- becomes
SELECT map_agg(k, v) AS m, set_agg(x) AS s FROM t
----
SELECT approx_most_frequent(3, x, 10) AS m FROM t
-- becomes
SELECT most_frequent(histogram(x), 3) AS m FROM t
----
SELECT listagg(x ON OVERFLOW TRUNCATE '..' WITHOUT COUNT) WITHIN GROUP (ORDER BY y) AS l FROM t
-- becomes
SELECT listagg_truncated(array_agg(x ORDER BY y) FILTER (WHERE (x) IS NOT NULL), '', '..', 0) AS l FROM t
----
SELECT TRY(a + b * 2) AS t, TRY(d + INTERVAL '1' DAY) AS u FROM t
-- becomes
SELECT (try_arithmetic(a + try_arithmetic(b * 2))) AS t, (d + INTERVAL '1' DAY) AS u FROM t
----
SELECT regexp_replace(s, '(a)', x -> x[1]) AS r FROM t
-- becomes
SELECT regexp_filled(regexp_gaps(s, '(a)'), transform(regexp_groups(s, '(a)'), x -> x[1])) AS r FROM t
----
SELECT json_object('a' : x, KEY 'b' VALUE y FORMAT JSON ABSENT ON NULL) AS o, json_array(x, json_object()) AS a FROM t
-- becomes
SELECT json_object('ABSENT ON NULL', 'a', to_json(x), 'b', y) AS o, json_array('', to_json(x), json_object('')) AS a FROM t
