SELECT SkuId, SkuMeter, PricingUnit, ListUnitPrice, ContractedUnitPrice,
  count(*) AS charges,
  sum(PricingQuantity) AS quantity,
  sum(PricingQuantity * ListUnitPrice) AS computed_list_cost,
  sum(ListCost) AS list_cost
FROM focus
WHERE ListUnitPrice > 0 AND ChargeCategory = 'Usage' AND PricingUnit IS NOT NULL
GROUP BY SkuId, SkuMeter, PricingUnit, ListUnitPrice, ContractedUnitPrice
ORDER BY list_cost DESC, SkuId, SkuMeter
LIMIT 25
