SELECT
  providername,
  publishername,
  invoiceissuername,
  servicename,
  SUM(billedcost) AS totalbilledcost
FROM focus
WHERE billingperiodstart >= timestamp '2026-09-01 00:00:00' AND billingperiodend <= timestamp '2026-11-01 00:00:00'
GROUP BY providername, publishername, invoiceissuername, servicename
ORDER BY totalbilledcost DESC, servicename
