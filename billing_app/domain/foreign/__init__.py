"""What a file of another system says: its figures and days, its columns, its invoices."""
