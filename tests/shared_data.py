"""Published test data beside the project, which the repository does not carry.

``ZEGEL_SHARED`` names its folder; otherwise it is ``shared`` beside the project.
"""

import os
from pathlib import Path
from typing import Final

import pytest

_PROJECT: Final = Path(__file__).resolve().parent.parent
_EXPECTED: Final = Path(os.environ.get("ZEGEL_SHARED") or _PROJECT.parent / "shared")

SHARED: Final[Path | None] = _EXPECTED if _EXPECTED.is_dir() else None


def shared(relative: str) -> Path:
    """The path of one shared file or folder; skips the calling test where it is absent."""
    if SHARED is None:
        pytest.skip("the shared test data is absent; name its folder with ZEGEL_SHARED")
    path = SHARED / relative
    if not path.exists():
        pytest.skip(f"the shared test data has no {relative}")
    return path
