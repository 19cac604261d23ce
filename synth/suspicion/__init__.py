"""Does a text speak to whoever works with it rather than of what happened: instructions hidden in feedback."""

from synth.suspicion.reading import SUSPICIOUS, Suspicion, is_suspicious, orders, suspect

__all__ = ["SUSPICIOUS", "Suspicion", "is_suspicious", "orders", "suspect"]
