SELECT k, x FROM a FULL JOIN b USING (k) WHERE k > 1 GROUP BY k, x ORDER BY k, lower(k)
-- becomes
SELECT coalesce(a.k, b.k) AS k, x FROM a FULL JOIN b USING(k) WHERE coalesce(a.k, b.k) > 1 GROUP BY coalesce(a.k, b.k), x ORDER BY k, lower(coalesce(a.k, b.k))
----
SELECT K FROM a x RIGHT JOIN (SELECT k FROM b) y USING (k) UNION ALL SELECT k FROM c JOIN d USING (k)
-- becomes
SELECT y.k AS "K" FROM a x RIGHT JOIN (SELECT k FROM b) y USING(k) UNION ALL SELECT c.k AS k FROM c JOIN d USING(k)
----
SELECT (SELECT max(k) AS m FROM c) AS m FROM a FULL JOIN b USING (k)
-- becomes
SELECT (SELECT max(k) AS m FROM c) AS m FROM a FULL JOIN b USING(k)
----
SELECT k FROM a JOIN b USING (k) WHERE k > 1 ORDER BY k
-- becomes
SELECT a.k AS k FROM a JOIN b USING(k) WHERE a.k > 1 ORDER BY k
----
SELECT * FROM a FULL JOIN b USING (k) LEFT JOIN c ON k = c.x FULL JOIN d USING (k)
-- becomes
SELECT coalesce(coalesce(a.k, b.k), d.k) AS k, a.* EXCLUDE (k), b.* EXCLUDE (k), c.*, d.* EXCLUDE (k) FROM a FULL JOIN b USING(k) LEFT JOIN c ON coalesce(a.k, b.k) = c.x FULL JOIN d ON coalesce(a.k, b.k) = d.k
----
SELECT * FROM a JOIN b USING (j, k), c
-- becomes
SELECT a.j AS j, a.k AS k, a.* EXCLUDE (j, k), b.* EXCLUDE (j, k), c.* FROM a JOIN b USING(j, k), c
