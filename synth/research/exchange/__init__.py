"""Coded studies out to other tools and in from them."""
