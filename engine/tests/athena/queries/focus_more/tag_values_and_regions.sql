SELECT COALESCE(Tags['team'], Tags['user:team'], 'none') AS team, RegionId, COUNT(DISTINCT ResourceId) AS resources, SUM(BilledCost) AS billed
FROM focus
WHERE ChargePeriodStart >= TIMESTAMP '2026-09-01 00:00:00' AND ChargePeriodStart < TIMESTAMP '2026-11-01 00:00:00'
GROUP BY 1, 2
ORDER BY 1, 2
