"""Faults on purpose: `python -m tests.chaos` ends processes at random moments and looks whether anything was lost."""
