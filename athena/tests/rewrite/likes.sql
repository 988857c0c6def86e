SELECT a LIKE 'x_%' AS p FROM t
-- becomes
SELECT a LIKE 'x_%' AS p FROM t
----
SELECT a LIKE 'x\_' AS p FROM t
-- becomes
SELECT a LIKE 'x\\_' ESCAPE '\' AS p FROM t
----
SELECT a NOT LIKE 'x!_!!\%' ESCAPE '!' AS p FROM t
-- becomes
SELECT a NOT LIKE 'x\_\!\\%' ESCAPE '\' AS p FROM t
----
SELECT a LIKE '%\_' ESCAPE '\' AS p FROM t
-- becomes
SELECT a LIKE '%\_' ESCAPE '\' AS p FROM t
----
SELECT a LIKE b AS p FROM t
-- becomes
SELECT a LIKE replace(b, '\', '\\') ESCAPE '\' AS p FROM t
----
SELECT a LIKE b ESCAPE '!' AS p FROM t
-- refused: ESCAPE beside a pattern
----
SELECT a LIKE 'b' ESCAPE '!!' AS p FROM t
-- refused: an ESCAPE that is not one character