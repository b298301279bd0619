"""All notifications of a person."""
