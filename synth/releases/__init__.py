"""Releases of the product: when each came out, what it was to change, and what was said afterwards."""
