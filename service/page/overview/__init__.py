"""The page that opens first: whether the log is whole, what runs out, and what stands."""
