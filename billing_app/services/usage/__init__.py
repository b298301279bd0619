"""What customers used: bringing calls in, rating them, summing them up."""
