"""Commands as calls of the engine in this process, by what they are about."""
