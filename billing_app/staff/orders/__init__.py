"""Orders and the invoices made from them."""
