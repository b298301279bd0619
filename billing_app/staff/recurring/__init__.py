"""Recurring invoices: plans and their calendars."""
