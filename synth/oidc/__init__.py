"""Signing in through an organisation: OpenID Connect, authorization code with PKCE."""
