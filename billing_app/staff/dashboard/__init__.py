"""The dashboard: what is owed, what is late, what waits."""
