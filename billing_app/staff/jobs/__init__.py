"""Jobs: when each runs, what each run did, and the coming run rehearsed."""
