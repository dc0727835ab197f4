"""Names come into an answer wherever a token stands, and nowhere else."""

import json
from uuid import UUID

from projections.sql.naming import subjects_in, with_names

_ANNA = UUID(int=1)
_GONE = UUID(int=2)
_TOKEN = f"person#{_ANNA.hex}"
_ROW = (
    _TOKEN,
    [_TOKEN, f"person#{_GONE.hex}"],
    {"who": _TOKEN, _TOKEN: 1},
    json.dumps({"who": _TOKEN}),
    b"bytes",
    3,
    None,
)
_COLUMNS = [("a", "VARCHAR"), ("b", "VARCHAR[]"), ("c", "MAP"), ("d", "JSON"), *[("e", "X")] * 3]


def test_every_token_is_found_once() -> None:
    """Somebody would be shown of whom no reading tells."""
    assert subjects_in([_ROW, _ROW]) == [_ANNA, _GONE]
    assert subjects_in([("x" * 40, 4, None)]) == []


def test_names_stand_where_tokens_stood() -> None:
    """An answer with names would still hold tokens, or be broken JSON."""
    name = 'person:an"na'
    (row,) = with_names(_COLUMNS, [_ROW], {_ANNA: name})
    assert row[0] == name
    assert row[1] == [name, f"person#{_GONE.hex}"]
    assert row[2] == {"who": name, name: 1}
    assert json.loads(row[3]) == {"who": name}
    assert row[4:] == (b"bytes", 3, None)
