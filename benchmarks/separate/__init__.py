"""Sides of a comparison that need an environment of their own."""
