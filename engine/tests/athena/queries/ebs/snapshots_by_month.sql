select line_item_usage_account_id acct
     , date_format(line_item_usage_start_date, '%Y-%m') as "month"
     , count(distinct line_item_resource_id) as "Snapshots"
     , round(sum(line_item_usage_amount), 4) as gb_months
     , round(sum(line_item_unblended_cost), 2) as cost
from cur
where line_item_usage_type like '%EBS:SnapshotUsage%'
group by line_item_usage_account_id, date_format(line_item_usage_start_date, '%Y-%m')
order by 2, cost desc, 1
