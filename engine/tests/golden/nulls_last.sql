SELECT resource_id, unblended_cost FROM costs WHERE billing_period = '2026-10' AND currency = 'USD' ORDER BY resource_id DESC, unblended_cost DESC
