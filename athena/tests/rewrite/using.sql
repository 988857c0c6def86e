SELECT k, x FROM a FULL JOIN b USING (k) WHERE k > 1 GROUP BY k, x ORDER BY k, lower(k)
-- becomes
SELECT coalesce(a.k, b.k) AS k, x FROM a FULL JOIN b USING(k) WHERE coalesce(a.k, b.k) > 1 GROUP BY coalesce(a.k, b.k), x ORDER BY k, lower(coalesce(a.k, b.k))
----
SELECT K FROM a x RIGHT JOIN (SELECT k FROM b) y USING (k) UNION ALL SELECT k FROM c JOIN d USING (k)
-- becomes
SELECT y.k AS "K" FROM a x RIGHT JOIN (SELECT k FROM b) y USING(k) UNION ALL SELECT k FROM c JOIN d USING(k)
----
SELECT (SELECT max(k) AS m FROM c) AS m FROM a FULL JOIN b USING (k)
-- becomes
SELECT (SELECT max(k) AS m FROM c) AS m FROM a FULL JOIN b USING(k)