-- The invoice view: what each row is billed at.
line_item_unblended_cost
