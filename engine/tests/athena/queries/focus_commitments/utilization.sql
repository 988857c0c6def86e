SELECT
  CommitmentDiscountType,
  SUM(CASE WHEN CommitmentDiscountStatus = 'Used' THEN EffectiveCost ELSE 0 END) AS used,
  SUM(CASE WHEN CommitmentDiscountStatus = 'Unused' THEN EffectiveCost ELSE 0 END) AS unused,
  SUM(CASE WHEN CommitmentDiscountStatus = 'Used' THEN CAST(EffectiveCost AS double) ELSE 0E0 END) / SUM(CAST(EffectiveCost AS double)) AS utilization
FROM focus
WHERE ChargeCategory = 'Usage' AND CommitmentDiscountId IS NOT NULL
GROUP BY CommitmentDiscountType
ORDER BY CommitmentDiscountType
