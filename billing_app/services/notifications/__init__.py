"""Telling people of what waits for them or went wrong, and what they do with it."""
