-- Quantity, on rows of usage.
CASE WHEN chargecategory = 'Usage' THEN consumedquantity END
