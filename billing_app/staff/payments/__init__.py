"""Payments: the list, one payment as a document, the page that allocates."""
