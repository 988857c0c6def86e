SELECT InvoiceIssuerName, ProviderName, PublisherName, date_format(BillingPeriodStart, '%Y-%m') AS period, ChargeCategory, SUM(BilledCost) AS billed, COUNT(*) AS charges
FROM focus
GROUP BY GROUPING SETS ((InvoiceIssuerName, ProviderName, PublisherName, date_format(BillingPeriodStart, '%Y-%m'), ChargeCategory), (date_format(BillingPeriodStart, '%Y-%m')))
ORDER BY period, InvoiceIssuerName NULLS LAST, ProviderName, PublisherName, ChargeCategory
