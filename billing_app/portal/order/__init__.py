"""The customer portal: one order."""
