"""How messages reach others' systems: over HTTPS, and never into our own network."""
