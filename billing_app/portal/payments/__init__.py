"""The customer portal: payment history."""
