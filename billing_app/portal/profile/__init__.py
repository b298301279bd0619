"""The customer portal: customer profile."""
