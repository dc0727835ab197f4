"""The verifier inside a dossier finds what was changed, and says so when it could not look."""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import pytest

from tests.bundled_evidence import bundle_of
from tests.conformance.node import run_node
from tests.vectors.notes import FORGER, LOG
from tests.vectors.records import disclosures

RUNNER: Final = Path(__file__).with_name("dossier.js")
Data = dict[str, Any]


def _data(page: bytes) -> Data:
    embedded = re.search(rb'id="dossier">(.*?)</script>', page, re.DOTALL)
    assert embedded is not None
    found: Data = json.loads(embedded[1])
    return found


GOOD: Final = _data(bundle_of(300, [3, 4, 5, 260])["dossier.html"])


def _verified(data: Data, *keys: str, without: str | None = None) -> dict[str, Any]:
    given = json.dumps({"data": data, "keys": keys, "without": without})
    found: dict[str, Any] = json.loads(run_node(RUNNER, given))
    return found


def _changed(change: Callable[[Data], object]) -> Data:
    data = deepcopy(GOOD)
    change(data)
    return data


def _in_record(place: int, old: bytes, new: bytes) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        record = data["records"][place]
        sealed = b64decode(record["sealed"])
        assert old in sealed
        record["sealed"] = b64encode(sealed.replace(old, new)).decode()

    return change


def _move(data: Data, kept: str, source: int, target: int) -> None:
    data["records"][target][kept] = data["records"][source][kept]


@pytest.mark.parametrize("keys", [(), (LOG.key.vkey,)])
def test_a_good_dossier_is_valid(keys: tuple[str, ...]) -> None:
    """Nobody could use a dossier."""
    report = _verified(GOOD, *keys)
    assert (report["outcome"], report["findings"]) == ("valid", [])
    assert [record["closed"] for record in report["records"]] == [0, 1, 2, 2]
    assert report["records"][1]["opened"] == {"actor": "person:clerk4@example.org"}


FORGERIES: Final[dict[str, tuple[str, int | None, Callable[[Data], object]]]] = {
    "a record": ("MODIFIED", 4, _in_record(1, b"customer-file", b"customer-mail")),
    "an index in a record": ("REORDERED", 4, _in_record(1, b"\n4\n", b"\n3\n")),
    "a record in place of another": ("REORDERED", 5, lambda data: _move(data, "sealed", 1, 2)),
    "a proof of another record": ("MODIFIED", 5, lambda data: _move(data, "proof", 1, 2)),
    "a proof with numbers of nothing": (
        *("MODIFIED", 3),
        lambda data: data["records"][0].update(proof=[9999]),
    ),
    "no proof": ("MODIFIED", 3, lambda data: data["records"][0].pop("proof")),
    "a disclosure of another record": (
        *("DISCLOSURE_MISMATCH", 5),
        lambda data: _move(data, "disclosures", 0, 2),
    ),
    "a disclosure twice": (
        *("DISCLOSURE_MISMATCH", 3),
        lambda data: data["records"][0].update(disclosures=[disclosures(3)[0].decode()] * 2),
    ),
    "a record left out": ("MISSING", 260, lambda data: data["records"].pop()),
    "a record twice": (
        *("REORDERED", 260),
        lambda data: data.update(
            records=[*data["records"], data["records"][3]], indexes=[*data["indexes"], 260]
        ),
    ),
    "the size in the checkpoint": (
        *("BAD_SIGNATURE", None),
        lambda data: data.update(checkpoint=data["checkpoint"].replace("\n300\n", "\n301\n")),
    ),
    "no witnesses": (
        *("UNKNOWN_KEY", None),
        lambda data: data.update(checkpoint=data["checkpoint"].partition("— witness")[0]),
    ),
    "another origin": ("MODIFIED", 3, lambda data: data.update(origin="log.example/other")),
    "no policy": ("MODIFIED", None, lambda data: data.pop("policy")),
    "records that are none": ("MODIFIED", 3, lambda data: data.update(records=[None])),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_dossier_is_broken_and_says_where(forgery: str) -> None:
    """A page that was changed by hand would still show its green seal."""
    verdict, index, change = FORGERIES[forgery]
    report = _verified(_changed(change))
    assert report["outcome"] == "broken"
    found = {(finding["verdict"], finding["index"]) for finding in report["findings"]}
    assert (verdict, index) in found


def test_another_key_than_the_reader_has_is_not_believed() -> None:
    """Whoever makes a dossier with a key of their own would be believed."""
    report = _verified(GOOD, FORGER.key.vkey)
    assert report["outcome"] == "broken"
    assert report["findings"][0]["verdict"] == "UNKNOWN_KEY"
    assert not any(record["isSound"] for record in report["records"])


@pytest.mark.parametrize("without", ["Ed25519", "SHA-256"])
def test_what_a_browser_cannot_check_is_not_valid(without: str) -> None:
    """An old browser would show VALID, or a forgery, although it had verified nothing."""
    report = _verified(GOOD, without=without)
    assert report["outcome"] == "not checked"
    assert not any(record["isSound"] for record in report["records"])
    assert {finding["verdict"] for finding in report["findings"]} == {"NOT_CHECKED"}


def test_a_dossier_without_records_is_empty() -> None:
    """Nothing verified would count as valid."""
    assert (
        _verified(_changed(lambda data: data.update(records=[], indexes=[])))["outcome"] == "empty"
    )
