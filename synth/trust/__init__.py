"""The trust card: how far this installation can be relied on, each figure with its date, size and interval."""
