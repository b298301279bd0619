"""Invoices made from packages and usage, once for each period."""
