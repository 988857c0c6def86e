-- FOCUS has one effective cost, which is net.
effectivecost
