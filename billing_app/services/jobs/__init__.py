"""The clock's runs: asked for, claimed under a lease, noted item by item, listed."""
