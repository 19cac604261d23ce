"""Commands as requests to a server, by what they are about."""
