"""The ways in: sign in, and the first run of an empty product."""
