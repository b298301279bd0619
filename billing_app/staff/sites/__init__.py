"""Portal sites: each with its settings as one JSON object."""
