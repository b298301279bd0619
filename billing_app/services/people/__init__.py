"""People: signing in and out, sessions, the first owner."""
