SELECT
  BillingAccountId,
  SubAccountId,
  ServiceCategory,
  ServiceName,
  CASE WHEN ChargeCategory = 'Usage' AND CommitmentDiscountStatus IS NOT NULL THEN CommitmentDiscountStatus ELSE ChargeCategory END AS Kind,
  SUM(ListCost) AS TotalListCost,
  SUM(ContractedCost) AS TotalContractedCost,
  SUM(EffectiveCost) AS TotalEffectiveCost,
  SUM(BilledCost) AS TotalBilledCost,
  (SUM(ListCost) - SUM(EffectiveCost)) / NULLIF(SUM(ListCost), 0) * 100 AS EffectiveSavingsRate
FROM focus
WHERE ChargePeriodStart >= TIMESTAMP '2026-09-01 00:00:00' AND ChargePeriodEnd <= TIMESTAMP '2026-11-01 00:00:00'
  AND ChargeClass IS DISTINCT FROM 'Correction'
GROUP BY BillingAccountId, SubAccountId, ServiceCategory, ServiceName, 5
HAVING SUM(BilledCost) <> 0
ORDER BY TotalBilledCost DESC, SubAccountId, ServiceName, Kind
