"""The facts that prove the books: SQL that shares nothing with what writes them."""
