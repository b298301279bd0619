"""Bringing in the invoices of other systems: upload, check, bring in, undo."""
