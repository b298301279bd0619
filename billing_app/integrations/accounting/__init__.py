"""Accounting programs."""
