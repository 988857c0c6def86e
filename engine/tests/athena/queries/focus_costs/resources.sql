SELECT resourceid, max(resourcetype) AS resourcetype, max(resourcename) AS resourcename, sum(effectivecost) AS cost, min(chargeperiodstart) AS first_charge
FROM focus
WHERE resourceid IS NOT NULL AND effectivecost > 0
GROUP BY resourceid
ORDER BY cost DESC, resourceid
LIMIT 20
