-- Commitments spread over the usage that they cover.
effectivecost
