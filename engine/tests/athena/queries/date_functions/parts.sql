SELECT DISTINCT
  line_item_usage_start_date AS t,
  year(line_item_usage_start_date) AS y,
  quarter(line_item_usage_start_date) AS q,
  month(line_item_usage_start_date) AS mo,
  week(line_item_usage_start_date) AS w,
  day(line_item_usage_start_date) AS d,
  day_of_month(line_item_usage_start_date) AS dom,
  day_of_week(line_item_usage_start_date) AS dow,
  day_of_year(line_item_usage_start_date) AS doy,
  hour(line_item_usage_start_date) AS h,
  minute(line_item_usage_start_date) AS mi,
  second(line_item_usage_start_date) AS s,
  extract(year FROM line_item_usage_start_date) AS ey
FROM cur
WHERE line_item_line_item_type = 'SavingsPlanNegation' AND report = 'legacy'
ORDER BY t
