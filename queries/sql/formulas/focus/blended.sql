-- FOCUS has no blended cost.
CAST(NULL AS DECIMAL(38, 18))
