-- What is invoiced; FOCUS states it after discounts.
billedcost
