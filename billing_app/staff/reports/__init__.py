"""Reports: ages, revenue, money against what fell due, tax."""
