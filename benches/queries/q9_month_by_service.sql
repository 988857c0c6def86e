select line_item_product_code, sum(line_item_unblended_cost) as cost
from cur where billing_period = '2026-10' group by line_item_product_code order by cost desc
