"""The page on which the books check themselves."""
