"""Invoices for staff: the grid, the drawer, bulk actions."""
