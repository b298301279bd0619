"""The customer portal: pay one document, signed in or by a guest link."""
