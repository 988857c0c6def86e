SELECT ProviderName, BillingAccountId, ServiceCategory, ServiceName, ChargeCategory, ChargeClass, SUM(BilledCost) AS TotalBilledCost
FROM focus
WHERE ChargeClass = 'Correction' OR ChargeCategory IN ('Credit', 'Adjustment')
GROUP BY ProviderName, BillingAccountId, ServiceCategory, ServiceName, ChargeCategory, ChargeClass
ORDER BY TotalBilledCost, ServiceName, ChargeClass
