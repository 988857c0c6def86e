-- Commitment of a SavingsPlanRecurringFee row that covered nothing; holds for all payment options.
coalesce(savings_plan_total_commitment_to_date, 0) - coalesce(savings_plan_used_commitment, 0)
