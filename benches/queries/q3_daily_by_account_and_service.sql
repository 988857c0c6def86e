select date_trunc('day', line_item_usage_start_date) as day, line_item_usage_account_id, line_item_product_code,
       sum(line_item_unblended_cost) as cost
from cur group by 1, 2, 3
