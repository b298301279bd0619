"""Number series and document types."""
