SELECT line_item_usage_account_id, product_attachment_type,
  CASE product_attachment_type WHEN 'VPC' THEN 'Amazon VPC' WHEN 'VPN' THEN 'VPN' ELSE 'Other' END AS attachment,
  sum(line_item_usage_amount) AS hours, sum(line_item_unblended_cost) AS cost
FROM cur
WHERE product_group = 'AWSTransitGateway' OR line_item_usage_type LIKE '%TransitGateway%'
GROUP BY line_item_usage_account_id, product_attachment_type
ORDER BY cost DESC, 1
