-- answer: by hand
SELECT
  avg(CAST(n AS decimal(10, 2))) AS two_places,
  avg(CAST(n AS decimal(16, 8))) AS eight_places,
  avg(DISTINCT CAST(n AS decimal(5, 1))) AS one_place,
  sum(CAST(n AS decimal(10, 2))) / count(*) AS quotient
FROM (VALUES 1, 2, 2, 6) AS t (n)
WHERE n < 6;
