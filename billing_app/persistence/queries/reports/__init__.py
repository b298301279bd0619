"""Questions of the reports: sums by customer, month and rate, on any day."""
