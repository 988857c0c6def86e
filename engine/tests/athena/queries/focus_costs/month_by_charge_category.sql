SELECT
  MONTH(BillingPeriodStart) AS "Month",
  "ChargeCategory",
  "ChargeClass",
  SUM("BilledCost") AS billed,
  SUM("ListCost") AS list,
  SUM("ContractedCost") AS contracted,
  SUM("ListCost") - SUM("EffectiveCost") AS saved
FROM "Focus"
GROUP BY MONTH(BillingPeriodStart), "ChargeCategory", "ChargeClass"
ORDER BY "Month", "ChargeCategory", "ChargeClass" NULLS FIRST
