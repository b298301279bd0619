"""The customer portal: user management."""
