/* a report of the
   kind that people paste */
select   line_item_product_code   -- the service
       , sum( line_item_unblended_cost )   as   cost /* in dollars */
from cur where 1=1
-- and line_item_product_code = 'AmazonEC2'
and line_item_line_item_type!='Tax'
group by line_item_product_code
having sum(line_item_unblended_cost)>=0.1
order by cost desc;
