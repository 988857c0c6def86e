-- What Grafana's PostgreSQL data source sends: the check, the query builder, and panels. See metabase.sql for the notation.

-- reads: ?column?
-- finds: some
SELECT 1;

-- reads: version
-- finds: some
SELECT current_setting('server_version_num')::int/100 as version;

-- reads: extversion
-- finds: none
SELECT extversion FROM pg_extension WHERE extname = 'timescaledb';

-- reads: table
-- finds: some
SELECT
    CASE WHEN
          quote_ident(table_schema) IN (
          SELECT
            CASE WHEN trim(s[i]) = '"$user"' THEN user ELSE trim(s[i]) END
          FROM
            generate_series(
              array_lower(string_to_array(current_setting('search_path'),','),1),
              array_upper(string_to_array(current_setting('search_path'),','),1)
            ) as i,
            string_to_array(current_setting('search_path'),',') s
          )
      THEN quote_ident(table_name)
      ELSE quote_ident(table_schema) || '.' || quote_ident(table_name)
    END AS "table"
    FROM information_schema.tables
    WHERE quote_ident(table_schema) NOT IN ('information_schema',
                             'pg_catalog',
                             '_timescaledb_cache',
                             '_timescaledb_catalog',
                             '_timescaledb_internal',
                             '_timescaledb_config',
                             'timescaledb_information',
                             'timescaledb_experimental')
    ORDER BY CASE WHEN
          quote_ident(table_schema) IN (
          SELECT
            CASE WHEN trim(s[i]) = '"$user"' THEN user ELSE trim(s[i]) END
          FROM
            generate_series(
              array_lower(string_to_array(current_setting('search_path'),','),1),
              array_upper(string_to_array(current_setting('search_path'),','),1)
            ) as i,
            string_to_array(current_setting('search_path'),',') s
          ) THEN 0 ELSE 1 END, 1;

-- reads: column, type
-- finds: some
SELECT quote_ident(column_name) AS "column", data_type AS "type"
    FROM information_schema.columns
    WHERE
      CASE WHEN array_length(parse_ident('public.costs'),1) = 2
        THEN quote_ident(table_schema) = (parse_ident('public.costs'))[1]
          AND quote_ident(table_name) = (parse_ident('public.costs'))[2]
        ELSE quote_ident(table_name) = 'public.costs'
          AND
          quote_ident(table_schema) IN (
          SELECT
            CASE WHEN trim(s[i]) = '"$user"' THEN user ELSE trim(s[i]) END
          FROM
            generate_series(
              array_lower(string_to_array(current_setting('search_path'),','),1),
              array_upper(string_to_array(current_setting('search_path'),','),1)
            ) as i,
            string_to_array(current_setting('search_path'),',') s
          )
      END;

-- reads: column
-- finds: some
SELECT quote_ident(column_name) AS "column"
    FROM information_schema.columns
    WHERE
      CASE WHEN array_length(parse_ident('costs'),1) = 2
        THEN quote_ident(table_schema) = (parse_ident('costs'))[1]
          AND quote_ident(table_name) = (parse_ident('costs'))[2]
        ELSE quote_ident(table_name) = 'costs'
          AND
          quote_ident(table_schema) IN (
          SELECT
            CASE WHEN trim(s[i]) = '"$user"' THEN user ELSE trim(s[i]) END
          FROM
            generate_series(
              array_lower(string_to_array(current_setting('search_path'),','),1),
              array_upper(string_to_array(current_setting('search_path'),','),1)
            ) as i,
            string_to_array(current_setting('search_path'),',') s
          )
      END
      AND data_type IN ('timestamp without time zone','timestamp with time zone','bigint','integer','double precision','real');

-- reads: time, metric, value
-- finds: some
SELECT floor(extract(epoch from usage_start)/86400)*86400 AS "time", service AS metric, sum(unblended_cost) AS "value" FROM costs WHERE usage_start BETWEEN '2026-09-01T00:00:00Z' AND '2026-10-31T23:59:59.999Z' GROUP BY 1, 2 ORDER BY 1, 2;

-- reads: time, value
-- finds: some
SELECT date_trunc('day', usage_start) AS "time", sum(unblended_cost) AS "value" FROM costs WHERE usage_start >= '2026-09-01T00:00:00Z' AND usage_start < '2026-11-01T00:00:00Z' GROUP BY 1 ORDER BY 1;

-- reads: time, value
-- finds: some
SELECT extract(epoch from date_trunc('hour', usage_start)) AS "time", max(unblended_cost)::float8 AS "value" FROM costs WHERE extract(epoch from usage_start) >= 1756684800 AND extract(epoch from usage_start) <= 1793491199 GROUP BY 1 ORDER BY 1;

-- reads: __value, __text
-- finds: some
SELECT DISTINCT account_id AS __value, coalesce(account_name, account_id) AS __text FROM costs ORDER BY 2;
