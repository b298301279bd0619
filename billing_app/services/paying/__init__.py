"""Paying online: charges and refunds through a gateway, what it tells us, and guest links."""
