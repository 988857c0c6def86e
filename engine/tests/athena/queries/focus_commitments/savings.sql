SELECT ServiceName, SUM(ListCost) AS "ListCost", SUM(ContractedCost) AS "ContractedCost", SUM(EffectiveCost) AS "EffectiveCost",
  SUM(ListCost) - SUM(ContractedCost) AS NegotiatedSavings,
  SUM(ContractedCost) - SUM(EffectiveCost) AS CommitmentSavings,
  round((SUM(CAST(ListCost AS double)) - SUM(CAST(EffectiveCost AS double))) / nullif(SUM(CAST(ListCost AS double)), 0E0) * 100, 3) AS ESR
FROM focus
WHERE ChargeCategory = 'Usage' AND ServiceCategory <> 'Other'
GROUP BY ServiceName
ORDER BY 5 DESC, ServiceName
