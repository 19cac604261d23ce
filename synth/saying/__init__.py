"""What is said about a theme: of what kind, in which languages, where more than elsewhere, and what it goes with."""
