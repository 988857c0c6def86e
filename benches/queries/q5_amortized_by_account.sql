select account_id, sum(amortized_cost) as cost from costs group by account_id order by cost desc
