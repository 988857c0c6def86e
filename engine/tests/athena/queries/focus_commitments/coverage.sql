WITH compute AS (
  SELECT PricingCategory, sum(ListCost) AS list, sum(EffectiveCost) AS effective
  FROM focus
  WHERE ServiceCategory = 'Compute' AND ChargeCategory = 'Usage'
  GROUP BY PricingCategory
)
SELECT PricingCategory, list, effective,
  CAST(list AS double) / CAST(sum(list) OVER () AS double) AS share_of_list,
  1 - CAST(effective AS double) / nullif(CAST(list AS double), 0) AS discount
FROM compute
ORDER BY list DESC
