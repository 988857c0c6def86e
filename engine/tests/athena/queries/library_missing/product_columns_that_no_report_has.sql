SELECT DISTINCT product_bundle, product_direct_connect_location, product_port_speed, product_insightstype, product_os_license_model,
  product_from_region_code, product_to_region_code, product_from_location_type, product_to_location_type
FROM cur
WHERE line_item_usage_type LIKE '%AWS-Out-Bytes%'
ORDER BY 6, 7
