"""Answers about records and views, each with the size and root it is true of."""
