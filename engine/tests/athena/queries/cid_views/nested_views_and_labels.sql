CREATE OR REPLACE VIEW v_daily ("Day", "Service", "Cost") AS
SELECT date(line_item_usage_start_date), line_item_product_code, sum(line_item_unblended_cost)
FROM cur
GROUP BY 1, 2;

CREATE OR REPLACE VIEW v_weekly AS
SELECT date_trunc('week', CAST("day" AS timestamp)) AS week_start, service, sum(cost) AS cost FROM v_daily GROUP BY 1, 2;

CREATE OR REPLACE VIEW v_weekly AS
SELECT date_trunc('week', CAST("day" AS timestamp)) AS week_start, service, sum(cost) AS cost, count(*) AS days FROM v_daily GROUP BY 1, 2;

DROP VIEW IF EXISTS no_such_view;

SELECT week_start, count(*) AS services, sum(cost) AS cost, sum(days) AS service_days FROM v_weekly GROUP BY week_start ORDER BY week_start;
