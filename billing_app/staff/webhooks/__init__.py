"""Staff: webhooks, and what was sent to them."""
