"""Products: the list, and one product's form."""
