"""Customers: the list, and one customer's form with its contacts and invoices."""
