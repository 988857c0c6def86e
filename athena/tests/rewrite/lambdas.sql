SELECT transform(a, x -> x.name) AS b, filter(a, X -> x.amount > 1) AS c FROM t
-- becomes
SELECT transform(a, x -> x['name']) AS b, filter(a, x -> x['amount'] > 1) AS c FROM t
----
SELECT map_filter(m, (k, v) -> v <> k) AS f FROM t
-- becomes
SELECT map_from_entries(filter(map_entries(m), __k_v -> __k_v['value'] <> __k_v['key'])) AS f FROM t
----
SELECT transform_values(m, (k, v) -> v + 1) AS f, any_keys_match(m, k -> k = 'a') AS g FROM t
-- becomes
SELECT map_from_entries(transform(map_entries(m), __k_v -> named_struct('field0', __k_v['key'], 'field1', __k_v['value'] + 1))) AS f, any_match(map_keys(m), k -> k = 'a') AS g FROM t
----
SELECT zip_with(a, b, (x, y) -> x * y) AS c FROM t
-- becomes
SELECT transform(zip(a, b), __x_y -> __x_y['field0'] * __x_y['field1']) AS c FROM t
----
SELECT transform(a, E -> E.Field[1] + t.x[2]) AS r FROM t
-- becomes
SELECT transform(a, e -> e['field'][1] + t.x[2]) AS r FROM t
