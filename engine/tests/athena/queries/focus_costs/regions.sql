SELECT coalesce(RegionId, 'global') AS RegionId, RegionName, ServiceCategory, count(*) AS charges, sum(EffectiveCost) AS EffectiveCost, sum(ConsumedQuantity) AS quantity
FROM focus
WHERE ChargeCategory = 'Usage'
GROUP BY RegionId, RegionName, ServiceCategory
ORDER BY EffectiveCost DESC, RegionId, ServiceCategory
