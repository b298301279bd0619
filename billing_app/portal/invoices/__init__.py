"""The customer portal: invoices."""
