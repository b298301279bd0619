"""The customer portal: packages."""
