-- The region: stated, or that of the availability zone (without the zone's letter), or none.
coalesce(
    product_region_code,
    product_region,
    rtrim(line_item_availability_zone, 'abcdefghijklmnopqrstuvwxyz'),
    'global'
)
