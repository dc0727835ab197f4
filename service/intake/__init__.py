"""Facts that programs send, acknowledged when they are durable."""
