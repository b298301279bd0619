"""The customer portal: own account."""
