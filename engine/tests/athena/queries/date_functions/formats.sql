SELECT DISTINCT
  date_format(line_item_usage_start_date, '%Y-%m-%d %H:%i:%s') AS full,
  date_format(line_item_usage_start_date, '%d.%m.%y') AS german,
  date_format(line_item_usage_start_date, '%c/%e/%Y %h:%i %p') AS us,
  date_format(line_item_usage_start_date, '%W, %M %e') AS long,
  date_format(line_item_usage_start_date, '%a %b %d') AS short,
  date_format(line_item_usage_start_date, '%k|%l|%I|%j|%T') AS odd,
  date_format(line_item_usage_start_date, '%x-W%v') AS iso_week,
  date_format(line_item_usage_start_date, '100%% of %Y') AS percent
FROM cur
WHERE line_item_line_item_type = 'SavingsPlanRecurringFee' AND report = 'legacy'
ORDER BY 1
