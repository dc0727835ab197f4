"""Anchor settings, as TOML gives them."""

import contextlib
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.anchors.settings import AnchorSettings, read_anchor_settings
from ledger.errors import BadRequest, StoreUnavailable
from ledger.notes.policy_file import decode_policy, encode_policy
from tests.signed_checkpoints import cosigner_named, signer_named
from tests.time_stamping import TIME_STAMPING, certify

ONE = cosigner_named("one.example").key.vkey
TWO = cosigner_named("two.example").key.vkey

AUTHORITY = """
[[timestamp_authority]]
name = "first"
url = "https://tsa.example.nl/tsr"
roots = "root.pem"
"""
WITNESSES = f"""
[[witness]]
vkey = "{ONE}"
url = "https://one.example"
[[witness]]
vkey = "{TWO}"
url = "https://two.example"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("home")
    root = certify("root")
    (made / "root.pem").write_bytes(root.pem())
    (made / "leaf.pem").write_bytes(certify("leaf", root, usages=TIME_STAMPING).pem())
    return made


def read(toml: str, folder: Path) -> AnchorSettings:
    """The anchor settings of a text."""
    return read_anchor_settings(tomllib.loads(toml), folder)


def test_without_settings_nobody_anchors(folder: Path) -> None:
    """A log without witnesses would ask for their cosignatures."""
    assert read('origin = "example.nl/log"', folder) == AnchorSettings()
    policy = AnchorSettings().policy([signer_named().key])
    policy.require_quorum([])


def test_authorities_and_witnesses_are_read(folder: Path) -> None:
    """Configured parties would not be asked."""
    more = AUTHORITY.replace("first", "second") + 'policies = ["1.3.6.1.4.1.13762.3"]\n'
    found = read(AUTHORITY + more + WITNESSES, folder)
    assert [one.name for one in found.authorities] == ["first", "second"]
    assert [one.trust.policies for one in found.authorities] == [(), ("1.3.6.1.4.1.13762.3",)]
    assert [one.key.vkey for one in found.witnesses] == [ONE, TWO]
    assert found.witnesses[0].url == "https://one.example"
    assert found.quorum == 2, "without a number all of them are needed"


def test_a_retired_party_still_counts_and_is_not_asked(folder: Path) -> None:
    """Changing an authority would make its older tokens worthless, or go on asking it."""
    found = read(AUTHORITY + "retired = true\n" + WITNESSES + "retired = true\n", folder)
    assert len(found.authorities) == 1
    assert len(found.witnesses) == 2
    assert found.asked.authorities == ()
    assert [one.key.vkey for one in found.asked.witnesses] == [ONE]
    assert found.quorum == 1


@pytest.mark.parametrize("quorum", [0, 1, 2])
def test_the_policy_is_one_that_files_can_hold(folder: Path, quorum: int) -> None:
    """An auditor would get another policy than the one that was configured."""
    settings = read(f"witness_quorum = {quorum}\n{WITNESSES}", folder)
    policy = settings.policy([signer_named().key])
    assert decode_policy(encode_policy(policy)) == policy
    assert policy.log_keys == (signer_named().key,)
    policy.require_quorum(policy.witness_keys[:quorum])


@pytest.mark.parametrize(
    ("toml", "named"),
    [
        ("timestamp_authority = 1", "timestamp_authority"),
        ("witness = ['x']", "witness"),
        (AUTHORITY.replace("name", "nom"), "nom"),
        (AUTHORITY.replace('"first"', '"a b"'), "name"),
        (AUTHORITY.replace('"first"', "7"), "name"),
        (AUTHORITY.replace("https:", "file:"), "url"),
        (AUTHORITY.replace("https://", "https://user:secret@"), "url"),
        (AUTHORITY.replace("root.pem", "leaf.pem"), "roots"),
        (AUTHORITY.replace('roots = "root.pem"', ""), "roots"),
        (AUTHORITY + 'policies = "1.2.3"\n', "policies"),
        (AUTHORITY + 'policies = ["one"]\n', "policies"),
        (AUTHORITY + AUTHORITY, "name once"),
        (WITNESSES.replace(ONE, signer_named().key.vkey), "vkey"),
        (WITNESSES.replace(ONE, "one"), "vkey"),
        (WITNESSES.replace(TWO, ONE), "vkey once"),
        (WITNESSES.replace('url = "https://one.example"', ""), "url"),
        (AUTHORITY + "retired = 1\n", "retired"),
        ("witness_quorum = 3\n" + WITNESSES, "witness_quorum"),
        ("witness_quorum = -1\n" + WITNESSES, "witness_quorum"),
        ("witness_quorum = true\n" + WITNESSES, "witness_quorum"),
        ('witness_quorum = "all"\n' + WITNESSES, "witness_quorum"),
        ("witness_quorum = 1", "witness_quorum"),
    ],
)
def test_a_wrong_setting_is_named(folder: Path, toml: str, named: str) -> None:
    """The operator would believe that a party is asked which is not."""
    with pytest.raises(BadRequest) as caught:
        read(toml, folder)
    assert named in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_missing_file_of_roots_is_named(folder: Path) -> None:
    """The operator would search a network fault."""
    with pytest.raises(StoreUnavailable, match=r"absent\.pem"):
        read(AUTHORITY.replace("root.pem", "absent.pem"), folder)
    with pytest.raises(BadRequest, match="certificates"):
        read(AUTHORITY.replace("root.pem", "\\u0000"), folder)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "url", "roots", "policies", "vkey", "x"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(["timestamp_authority", "witness", "witness_quorum", "origin"]), _VALUES
    )
)
def test_any_settings_are_read_or_refused(values: dict[str, object]) -> None:
    """A slip in the settings would end every command with a traceback."""
    with contextlib.suppress(BadRequest, StoreUnavailable):
        read_anchor_settings(values, Path("absent"))
