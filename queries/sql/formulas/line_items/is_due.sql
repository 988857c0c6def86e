-- Whether the hour that a fee of a commitment is for had begun when the report was written: fees of an open month may be dated ahead, with nothing used
-- yet. What is told of usage in `told` decides, one row per report and billing period; without usage every fee counts.
(told.until IS NULL OR line_item_usage_start_date < told.until)
