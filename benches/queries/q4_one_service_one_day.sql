select line_item_usage_account_id, sum(line_item_unblended_cost) as cost
from cur
where line_item_product_code = 'AmazonEC2'
  and line_item_usage_start_date >= timestamp '2026-10-14 00:00:00' and line_item_usage_start_date < timestamp '2026-10-15 00:00:00'
group by line_item_usage_account_id order by cost desc
