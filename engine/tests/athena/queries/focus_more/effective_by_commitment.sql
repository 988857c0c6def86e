SELECT ServiceName, COALESCE(CommitmentDiscountType, 'None') AS commitment, PricingCategory,
  SUM(EffectiveCost) AS effective, SUM(ListCost) AS list, ROUND(100 * (1 - CAST(SUM(EffectiveCost) AS double) / NULLIF(CAST(SUM(ListCost) AS double), 0)), 2) AS saved
FROM focus
WHERE ChargeCategory = 'Usage' AND ChargeClass IS NULL
GROUP BY 1, 2, 3
HAVING SUM(ListCost) > 0
ORDER BY 1, 2, 3
