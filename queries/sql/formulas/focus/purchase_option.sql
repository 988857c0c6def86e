-- How the row is paid.
CASE
    WHEN commitmentdiscounttype LIKE '%Savings%' THEN 'Savings Plan'
    WHEN commitmentdiscountid IS NOT NULL THEN 'Reserved'
    WHEN chargecategory = 'Usage' AND pricingcategory = 'Dynamic' THEN 'Spot'
    WHEN chargecategory = 'Usage' THEN 'On-Demand'
END
