"""What an installation needs and how fast it answers, measured on real processes."""
