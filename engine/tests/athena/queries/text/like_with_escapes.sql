-- rows: any order
SELECT
  count_if(line_item_usage_type LIKE '%#_%' ESCAPE '#') AS underscores,
  count_if(line_item_operation LIKE '%\:%' ESCAPE '\') AS colons,
  count_if(line_item_line_item_description LIKE '$!%%' ESCAPE '!') AS percent,
  count_if(line_item_usage_type NOT LIKE '%\%') AS without_backslash,
  count_if('a\b' LIKE concat('a', '\', 'b')) AS made,
  count_if('a\b' LIKE 'a\_') AS one_more,
  count_if(line_item_usage_type LIKE '%:m5.____') AS four
FROM cur
