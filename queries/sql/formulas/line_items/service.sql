-- The service to show: a Marketplace product by its title, everything else by AWS's code for the service.
CASE
    WHEN bill_billing_entity = 'AWS Marketplace' AND coalesce(line_item_line_item_type, '') NOT LIKE '%Discount'
        AND product_product_name IS NOT NULL THEN product_product_name
    ELSE coalesce(product_servicecode, line_item_product_code)
END
