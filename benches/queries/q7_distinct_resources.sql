select line_item_product_code, count(distinct line_item_resource_id) as resources
from cur group by line_item_product_code order by resources desc
