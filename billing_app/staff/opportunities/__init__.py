"""Opportunities and the invoices made from them."""
