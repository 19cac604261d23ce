"""Saved questions: asked again every week, with what changed, for those who follow them."""
