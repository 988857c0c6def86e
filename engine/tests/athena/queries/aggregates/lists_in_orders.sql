SELECT bill_payer_account_id,
  listagg(DISTINCT line_item_product_code, ', ') WITHIN GROUP (ORDER BY line_item_product_code) AS upwards,
  listagg(DISTINCT line_item_product_code, ', ') WITHIN GROUP (ORDER BY line_item_product_code DESC) AS downwards
FROM cur
GROUP BY 1
ORDER BY 1
