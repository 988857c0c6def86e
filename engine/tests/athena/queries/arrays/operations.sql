-- answer: by hand
SELECT
  array_distinct(ARRAY[3, 1, 3, 2]) AS distinct_values,
  array_sort(ARRAY[3, 1, NULL, 2]) AS sorted,
  array_union(ARRAY[1, 2], ARRAY[2, 3]) AS together,
  array_intersect(ARRAY[1, 2], ARRAY[2, 3]) AS common,
  array_except(ARRAY[1, 2], ARRAY[2, 3]) AS only_left,
  array_join(ARRAY['a', NULL, 'c'], '-') AS joined,
  array_join(ARRAY['a', NULL, 'c'], '-', '?') AS joined_with_null,
  cardinality(ARRAY[]) AS nothing,
  ARRAY['x', 'y'][2] AS second,
  reverse(ARRAY[1, 2, 3]) AS backwards,
  sequence(2, 10, 4) AS steps,
  arrays_overlap(ARRAY[1, 2], ARRAY[2, 3]) AS overlap
