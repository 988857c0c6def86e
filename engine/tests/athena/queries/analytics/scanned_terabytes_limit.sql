WITH per_account AS (
  SELECT line_item_usage_account_id AS account, sum(line_item_usage_amount) AS tb
  FROM cur
  WHERE line_item_usage_type LIKE '%DataScannedInTB'
  GROUP BY line_item_usage_account_id
)
SELECT account, tb, tb > 0.1 AS over_limit, CAST(tb * 1024 AS bigint) AS gb_rounded, if(tb > 0.1, 'talk to ' || account, 'fine') AS advice
FROM per_account
ORDER BY tb DESC, account
