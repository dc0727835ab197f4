"""The door for people at a terminal: one thin file per command, one place that renders."""
