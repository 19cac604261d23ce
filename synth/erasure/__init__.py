"""Erasure: a person, a document or a source goes from every store, and a receipt says what was done and proves it."""
