-- FOCUS has one billed cost, which is net.
billedcost
