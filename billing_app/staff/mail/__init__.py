"""The mail queue: each mail with its state, and mending what failed."""
