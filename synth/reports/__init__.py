"""The weekly report: what changed, in numbers from SQL, sentences that were computed and quotes that passed the gate."""
