"""From the words of a question to a typed plan, by rules and the vocabulary of the store."""
