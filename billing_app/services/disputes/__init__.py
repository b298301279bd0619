"""Disputes: opened and withdrawn by customers, answered, accepted or rejected by staff."""
