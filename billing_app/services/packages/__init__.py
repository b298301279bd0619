"""Packages: what they are, who has them, what they charge."""
