"""Usage: imports, odd rates, calls without a rate."""
