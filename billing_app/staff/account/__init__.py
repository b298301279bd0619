"""Your own account: password and sessions."""
