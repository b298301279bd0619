"""Payment gateways: Stripe, and one for the demo that moves no money."""
