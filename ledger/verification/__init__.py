"""Checks evidence: stored rows in, findings out. Pure; an auditor runs it without any database.

Start at `log_check.verify_log`; `findings` has the verdicts and the report.
"""
