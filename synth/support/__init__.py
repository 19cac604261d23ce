"""Does a quote say what a claim says: a check by words that needs no model, and that knows where it knows nothing."""

from synth.support.checking import Judgement, judge

__all__ = ["Judgement", "judge"]
