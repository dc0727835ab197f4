"""Notes that others have published, with the public keys that go with them.

Sources: golang.org/x/mod `sumdb/note` (signed note), FiloSottile/sunlight test data (cosignature).
"""

from base64 import b64decode
from typing import Final

NOTE_VKEY: Final = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE_SEED: Final = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
"""The private key, as published with its type byte before it."""
NOTE: Final = (
    b"If you think cryptography is the answer to your problem,\n"
    b"then you don't know what your problem is.\n\n"
    b"\xe2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXg"
    b"KvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
NOTE_SHA256: Final = "537569759e8fc05d0cd7cbd8beb018f45cf8229f5b270aa1c829445405bab98e"

WITNESS_VKEY: Final = "witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN"
COSIGNED: Final = (
    b"rome2026h1.example.org\n300\nlCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v0=\n\n"
    b"\xe2\x80\x94 rome2026h1.example.org kVB1JgAAAZtxtEwABAMARzBFAiEAi+mTa2xjL1IdWpH82OeciGsGvwR"
    b"AP+f1WkfKaSZCfFECIHoNPZ/Q3y6UNzvKOO9cuLr6V16vPNfhwhle9f6r5H/Z\n"
    b"\xe2\x80\x94 witness.example.org uKLPIAAAAABpVGeAhm2bOvKc3LaB9PFN1ruG19Y5yqslmcAAbhftnn1Zzn"
    b"mo0LXFZq4LGvqKqLX8jWlwLKasxEGTLIqAVusneCBmBw==\n"
)
"""The first line is of a type that is not verified here (RFC 6962 tree head), the second holds."""
COSIGNED_AT_S: Final = 1_767_139_200
