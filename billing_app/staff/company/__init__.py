"""Our own companies: what their papers say about who issues them."""
