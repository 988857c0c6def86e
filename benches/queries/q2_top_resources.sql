select line_item_resource_id, sum(line_item_unblended_cost) as cost
from cur where line_item_resource_id is not null
group by line_item_resource_id order by cost desc limit 100
