"""Backups: everything of the system of record in one file, from either database, and back into either."""
