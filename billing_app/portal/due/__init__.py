"""The customer portal: due payments."""
