SELECT
  Tags['user_team'] AS Team,
  SkuPriceDetails['InstanceType'] AS it,
  date_trunc('month', BillingPeriodStart) AS m,
  SUM(EffectiveCost) AS EffectiveCost,
  MAX(PricingUnit) FILTER (WHERE PricingCategory = 'Standard') AS unit,
  SUM(ConsumedQuantity) AS "Consumed Quantity"
FROM focus
WHERE ChargeCategory IN ('Usage', 'Purchase') AND lower(ServiceName) LIKE '%elastic%'
GROUP BY 1, 2, 3
ORDER BY m, EffectiveCost DESC, 1, 2
