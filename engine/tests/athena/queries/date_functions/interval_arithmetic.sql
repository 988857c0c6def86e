-- answer: by hand
SELECT
  timestamp '2026-03-31 00:00:00' - interval '1' month AS month_before,
  timestamp '2026-03-31 00:00:00' + -1 * interval '1' month AS minus_one_month,
  timestamp '2026-03-31 12:00:00' + 2 * interval '1' day AS two_days,
  timestamp '2024-02-29 00:00:00' + interval '1' year AS next_year,
  timestamp '2026-03-31 12:00:00' - interval '90' minute AS earlier,
  date '2026-03-31' + interval '1' day AS april,
  date_trunc('month', timestamp '2026-03-31 12:00:00') - interval '1' second AS end_of_february
