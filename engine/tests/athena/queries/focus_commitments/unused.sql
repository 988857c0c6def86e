SELECT CommitmentDiscountId, CommitmentDiscountType, CommitmentDiscountStatus,
  SUM(BilledCost) AS TotalBilledCost, SUM(EffectiveCost) AS TotalEffectiveCost
FROM focus
WHERE CommitmentDiscountStatus = 'Unused'
GROUP BY CommitmentDiscountId, CommitmentDiscountType, CommitmentDiscountStatus
ORDER BY TotalEffectiveCost DESC, CommitmentDiscountId
