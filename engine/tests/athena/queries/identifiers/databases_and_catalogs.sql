SELECT c."line_item_product_code", d.n, count(*) AS items
FROM "awsdatacatalog"."athenacurcfn_acme_cur"."cur" c
JOIN (SELECT line_item_product_code, count(DISTINCT line_item_operation) n FROM AwsDataCatalog.default.cur GROUP BY 1) d
  ON d.line_item_product_code = c.line_item_product_code
GROUP BY c."line_item_product_code", d.n
HAVING d.n >= 2
ORDER BY items DESC, 1
