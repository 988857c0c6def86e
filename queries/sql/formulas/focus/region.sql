-- The region, or none.
coalesce(regionid, 'global')
