"""Personal data found and replaced before the first write."""
