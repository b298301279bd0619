"""Bringing in real documents of other systems."""
