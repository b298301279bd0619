"""Recurring invoices: plans, their calendars, and the drafts they make."""
