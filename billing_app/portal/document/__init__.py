"""The customer portal: document."""
