"""Seeing inside: what a process did, how the ledger and the index stand, and what is written to the log."""
