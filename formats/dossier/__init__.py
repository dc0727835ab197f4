"""The dossier: one page that carries evidence, shows it, and verifies itself in a browser.

`verify.js` is a verifier of its own, written from the format pages; it shares nothing with the
ledger's.
"""
