SELECT
  CAST(line_item_usage_start_date AS varchar) AS as_text,
  substr(CAST(line_item_usage_start_date AS varchar), 1, 10) AS day,
  CAST(date(line_item_usage_start_date) AS varchar) AS date_as_text,
  CAST(line_item_usage_start_date AS varchar) LIKE '2026-10-%' AS in_october,
  count(*) AS n
FROM cur
WHERE line_item_line_item_type = 'SavingsPlanNegation'
GROUP BY line_item_usage_start_date
ORDER BY line_item_usage_start_date
