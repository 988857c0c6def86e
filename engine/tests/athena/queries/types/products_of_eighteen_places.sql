-- answer: by hand
SELECT 0.123456789 * 0.987654321 * 1000000007 AS product, decimal '0.000000001' * decimal '0.000000001' AS small
