SELECT
  line_item_product_code,
  approx_percentile(try_cast(line_item_unblended_rate AS double), 0.5) AS median_rate,
  min(try_cast(line_item_unblended_rate AS double)) AS least,
  max(try_cast(line_item_unblended_rate AS double)) AS greatest,
  count(try_cast(line_item_unblended_rate AS double)) AS rated
FROM cur
WHERE line_item_usage_type IN ('USE1-ETL-DPU-Hour', 'USE1-DataScannedInTB', 'USE1-AmazonEKS-Hours:perCluster')
GROUP BY line_item_product_code
ORDER BY 1
