"""The customer portal: shell."""
