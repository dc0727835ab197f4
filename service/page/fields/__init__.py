"""Forms made from the fields of event kinds: controls that ask, and values read from what came."""
