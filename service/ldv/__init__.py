"""The reading and writing interfaces of Dutch processing logs."""
