"""Themes: found in the vectors, named in people's words, with permanent ids and a lineage."""
