"""The customer portal: orders."""
