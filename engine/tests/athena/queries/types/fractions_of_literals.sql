-- answer: by hand
SELECT
  7 / 2 AS whole,
  7 / 2.0E0 AS fraction,
  7 % 4 AS remainder,
  mod(-7, 4) AS negative_remainder,
  CAST(7 AS double) / 2 AS cast_fraction,
  1.5 + 1 AS sum_of_decimals,
  10 / 4 * 4 AS left_to_right,
  -7 / 2 AS towards_zero,
  round(2.5) AS up,
  round(-2.5) AS down,
  truncate(CAST(-2.7 AS double)) AS cut
