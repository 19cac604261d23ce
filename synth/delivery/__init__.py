"""The weekly report on its way to those who read it: who gets it, by which channel, and what became of it."""
