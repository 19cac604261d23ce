"""Insights: claims about a theme, drafted from counts and evidence, gated, with a state that people and time change."""
