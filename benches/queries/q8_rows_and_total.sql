select count(*) as line_items, sum(line_item_unblended_cost) as cost from cur where billing_period = '2026-10'
