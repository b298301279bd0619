"""Payments: recorded, allocated, completed, cancelled, deleted, refunded; and what they settle."""
