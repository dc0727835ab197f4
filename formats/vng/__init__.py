"""VNG Verwerkingenlogging 0.9.0: actions, objects and activities as its documents have them."""
