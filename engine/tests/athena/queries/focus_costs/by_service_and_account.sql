SELECT
  ServiceName,
  SubAccountId,
  SubAccountName,
  BillingPeriodStart,
  SUM(BilledCost) AS TotalBilledCost,
  SUM(EffectiveCost) AS TotalEffectiveCost
FROM focus_data_table.focus
WHERE ChargeCategory = 'Usage'
GROUP BY ServiceName, SubAccountId, SubAccountName, BillingPeriodStart
HAVING SUM(EffectiveCost) > 0.001
ORDER BY TotalEffectiveCost DESC, ServiceName, SubAccountId, BillingPeriodStart
LIMIT 30
