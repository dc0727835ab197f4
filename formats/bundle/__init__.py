"""A bundle of evidence: everything that an auditor needs to verify chosen records offline.

`bundle_files` gives paths and bytes and does no I/O; `ledger.verification.bundle_check` verifies
them. The layout is told in `ledger.verification.bundle_layout`.
"""
