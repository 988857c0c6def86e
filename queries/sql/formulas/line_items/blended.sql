-- Averaged over the organisation; AWS leaves it blank on discount rows.
line_item_blended_cost
