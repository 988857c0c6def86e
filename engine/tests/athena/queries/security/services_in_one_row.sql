-- rows: any order
SELECT
  sum(CASE WHEN line_item_product_code = 'awskms' THEN line_item_unblended_cost ELSE 0 END) AS kms,
  sum(CASE WHEN line_item_product_code = 'AWSConfig' THEN line_item_unblended_cost ELSE 0 END) AS config,
  sum(CASE WHEN line_item_product_code = 'AWSCloudTrail' THEN line_item_unblended_cost ELSE 0 END) AS cloudtrail,
  sum(CASE WHEN line_item_product_code = 'AmazonGuardDuty' THEN line_item_unblended_cost ELSE 0 END) AS guardduty,
  sum(CASE WHEN line_item_product_code = 'AmazonInspector' THEN line_item_unblended_cost ELSE 0 END) AS inspector,
  sum(CASE WHEN line_item_product_code = 'AmazonMacie' THEN line_item_unblended_cost END) AS macie
FROM cur
