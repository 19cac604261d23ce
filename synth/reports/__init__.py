"""The weekly report: what changed, in numbers from SQL, computed sentences and quotes that passed the gate."""
