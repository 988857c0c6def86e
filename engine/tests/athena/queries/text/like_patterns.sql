-- rows: any order
SELECT
  count_if(line_item_usage_type LIKE '%Bytes') AS ends_with_bytes,
  count_if(line_item_usage_type LIKE 'USW2-%') AS us_west_2,
  count_if(line_item_usage_type LIKE '____-%') AS four_then_dash,
  count_if(line_item_resource_id LIKE '%\_%' ESCAPE '\') AS underscore,
  count_if(line_item_resource_id NOT LIKE 'arn:%') AS no_arn,
  count_if(line_item_usage_type LIKE '%boxusage%') AS wrong_case,
  count_if(lower(line_item_usage_type) LIKE '%boxusage%') AS right_case
FROM cur
