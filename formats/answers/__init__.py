"""Answers as JSON objects: one file per sort, told alike by the command line and the service."""
