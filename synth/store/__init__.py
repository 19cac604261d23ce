"""The system of record: SQL tables, the job ledger, full-text search, and the vector index that can be rebuilt from them."""
