"""The customer portal: statement."""
