"""Feedback that other services send: addresses of their own, signed as Standard Webhooks ask, each for one source."""
