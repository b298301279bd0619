"""The customer portal: home."""
