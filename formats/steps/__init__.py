"""The steps of a case as people give them: which there are, what they take, and what they make."""
