"""Imports: files of other systems, how they are read, what they change, undoing them."""
