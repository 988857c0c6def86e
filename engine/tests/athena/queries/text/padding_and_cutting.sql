SELECT DISTINCT
  line_item_usage_account_id AS id,
  lpad(ltrim(line_item_usage_account_id, '0'), 14, '0') AS longer,
  CAST(line_item_usage_account_id AS bigint) AS as_number,
  lpad(CAST(CAST(line_item_usage_account_id AS bigint) AS varchar), 12, '0') AS and_back,
  rpad(substr(line_item_usage_account_id, 1, 4), 6, '*') AS masked,
  substr(line_item_usage_account_id, -4) AS last_four,
  substring(line_item_usage_account_id, 5, 4) AS middle,
  concat('acct-', substr(line_item_usage_account_id, 9)) AS label
FROM cur
ORDER BY id
