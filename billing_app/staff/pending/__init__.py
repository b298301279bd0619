"""The pending lists: charges on their way to a document."""
