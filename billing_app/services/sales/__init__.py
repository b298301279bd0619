"""Orders and opportunities, and the invoices made from them."""
