select resource_tags_user_team, sum(line_item_unblended_cost) as cost
from cur group by resource_tags_user_team order by cost desc
