"""Texts as the words that carry them."""

from synth.words.reading import Word, numbers_said, read_words, stem

__all__ = ["Word", "numbers_said", "read_words", "stem"]
