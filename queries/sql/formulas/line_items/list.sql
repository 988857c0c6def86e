-- Public on-demand price. A SavingsPlanNegation would repeat that of the usage it negates.
CASE WHEN line_item_line_item_type = 'SavingsPlanNegation' THEN NULL ELSE pricing_public_on_demand_cost END
