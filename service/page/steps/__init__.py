"""The steps of breaches and subject requests, recorded from the page."""
