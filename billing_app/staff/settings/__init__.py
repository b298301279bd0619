"""Settings that act today: posting rule, numbers, the portal."""
