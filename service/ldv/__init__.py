"""The reading and writing interfaces of Dutch processing logs.

Their own OpenAPI documents are the contract; ours does not repeat them.
"""
