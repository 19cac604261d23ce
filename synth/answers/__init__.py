"""Questions: understood as a plan, counted in SQL, backed by quotes, or answered with a plain "not in the data"."""
