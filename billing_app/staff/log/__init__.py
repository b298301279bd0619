"""The log: who did what to which record."""
