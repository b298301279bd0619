"""LOOK: stateless components. How it looks, never what it means."""
