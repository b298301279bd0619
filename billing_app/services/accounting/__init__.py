"""Handing posted documents over to the accounting program, and hearing back from it."""
