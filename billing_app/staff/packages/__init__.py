"""Packages: the list, and one package with who has it."""
