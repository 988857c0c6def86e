-- At public prices.
listcost
