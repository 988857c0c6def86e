WITH
  codes (prefix, region) AS (SELECT * FROM (VALUES ('USE1', 'us-east-1'), ('USW2', 'us-west-2'), ('EUW2', 'eu-west-2'), ('EU', 'eu-west-1')) AS x (p, r)),
  transfers AS (
    SELECT
      line_item_usage_account_id AS acct,
      split(line_item_usage_type, '-') AS parts,
      regexp_like(line_item_usage_type, '^[A-Z0-9]+-[A-Z0-9]+-AWS-(In|Out)-Bytes$') AS inter_region,
      line_item_usage_amount,
      line_item_unblended_cost
    FROM "billing"."cur"
    WHERE line_item_usage_type LIKE '%-Bytes' AND line_item_line_item_type = 'Usage')
SELECT
  COALESCE(c.region, 'unknown: ' || parts[1]) AS "from",
  CASE WHEN inter_region THEN element_at(parts, 2) END AS "to",
  cardinality(parts) AS n_parts,
  sum(line_item_usage_amount) AS gb,
  sum(line_item_unblended_cost) AS usd
FROM transfers LEFT OUTER JOIN codes AS c ON c.prefix = transfers.parts[1]
GROUP BY 1, 2, 3
ORDER BY usd DESC NULLS LAST, gb, "from", "to" NULLS FIRST
