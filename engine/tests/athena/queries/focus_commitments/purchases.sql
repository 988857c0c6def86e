SELECT date_format(ChargePeriodStart, '%Y-%m') AS month, CommitmentDiscountCategory, CommitmentDiscountType, ChargeFrequency, count(*) AS n, sum(BilledCost) AS billed, sum(EffectiveCost) AS effective
FROM focus
WHERE ChargeCategory = 'Purchase'
GROUP BY 1, 2, 3, 4
ORDER BY month, billed DESC
