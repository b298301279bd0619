"""Charges before invoices: the pending lists, assembling and dissolving (SPEC 6.1, point 3)."""
