SELECT service, service_code, region, purchase_option, charge_type, unblended_cost
FROM costs WHERE billing_period = '2026-10' ORDER BY service, charge_type, unblended_cost
