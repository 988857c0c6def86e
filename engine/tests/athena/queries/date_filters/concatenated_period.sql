-- rows: any order
SELECT concat(year, '-', month, '-01') AS period, date_parse(concat(year, '-', month, '-01'), '%Y-%m-%d') AS month_start, count(DISTINCT line_item_usage_account_id) AS accounts
FROM cur
WHERE date_parse(concat(year, '-', month, '-01'), '%Y-%m-%d') >= date_parse('2026-10-01', '%Y-%m-%d')
GROUP BY 1, 2
