"""Synth: what customers say, turned into themes, insights, answers and a weekly report, with every quote checked."""
