"""Health, numbers, logs and the loops beside the requests."""
