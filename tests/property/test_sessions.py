"""Laws of the sealed cookies and of the sessions in them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from service.context import Context
from service.page.access.sealed_cookies import NONCE_BYTES, open_value, seal_value
from service.page.access.session import (
    SESSION_COOKIE,
    Session,
    begin_session,
    open_session,
    session_cookie,
)
from tests.served import served_context

_NONCES = st.binary(min_size=NONCE_BYTES, max_size=NONCE_BYTES)
_CIPHERS = st.binary(min_size=32, max_size=32).map(AESGCM)
_NAMES = st.text(max_size=20)
_NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    folder = tmp_path_factory.mktemp("sessions")
    with served_context(folder) as made:
        made.ledger.clock = lambda: _NOW
        yield made


@given(cipher=_CIPHERS, name=_NAMES, plain=st.binary(max_size=500), nonce=_NONCES)
def test_what_was_sealed_is_what_opens(
    cipher: AESGCM, name: str, plain: bytes, nonce: bytes
) -> None:
    """Somebody who logged in would be logged out by their next request."""
    assert open_value(cipher, name, seal_value(cipher, name, plain, nonce)) == plain


@given(
    ciphers=st.lists(st.binary(min_size=32, max_size=32), min_size=2, max_size=2, unique=True),
    names=st.lists(_NAMES, min_size=2, max_size=2, unique=True),
    nonce=_NONCES,
)
def test_nothing_opens_under_another_name_or_key(
    ciphers: list[bytes], names: list[str], nonce: bytes
) -> None:
    """The cookie of a login that has not ended yet could be shown as that of one that has."""
    cipher, other = map(AESGCM, ciphers)
    sealed = seal_value(cipher, names[0], b"content", nonce)
    assert open_value(cipher, names[1], sealed) is None
    assert open_value(other, names[0], sealed) is None


@given(nonce=_NONCES, data=st.data())
def test_no_changed_character_opens(nonce: bytes, data: st.DataObject) -> None:
    """Somebody could change in their cookie who they are."""
    cipher = AESGCM(bytes(32))
    sealed = seal_value(cipher, "name", b"person:reader", nonce)
    place = data.draw(st.integers(0, len(sealed) - 1))
    letter = data.draw(st.characters(max_codepoint=0x2FF))
    changed = sealed[:place] + letter + sealed[place + 1 :]
    found = open_value(cipher, "name", changed)
    # Only spare bits of the last character may differ without a change of a sealed byte.
    assert found is None or (found == b"person:reader" and changed[:-2] == sealed[:-2])


@given(text=st.text(max_size=200))
def test_whatever_a_browser_sends_opens_or_is_none(text: str) -> None:
    """A strange cookie would be a fault of the service, or a way in."""
    assert open_value(AESGCM(bytes(32)), "name", text) is None


_SESSIONS = st.builds(
    lambda name, key, random: begin_session(
        identity=f"person:{name}",
        is_program=key is not None,
        key=key,
        issuer=None if key else "https://login.example",
        now=_NOW,
        random=random,
    ),
    st.text(min_size=1, max_size=100),
    st.none() | st.text(max_size=128),
    st.binary(min_size=48, max_size=48),
)


@given(session=_SESSIONS, nonce=_NONCES)
def test_a_session_survives_its_cookie(context: Context, session: Session, nonce: bytes) -> None:
    """Somebody would become somebody else on the way to their browser and back."""
    header = session_cookie(context, session, nonce)
    assert session.key is None or len(session.key) < 8 or session.key not in header
    name, _, value = header.partition(";")[0].partition("=")
    assert name == SESSION_COOKIE
    assert open_session(context, {name: value}) == session


@given(
    began=st.timedeltas(timedelta(0), timedelta(days=2)),
    unseen=st.timedeltas(timedelta(0), timedelta(days=2)),
)
def test_a_session_is_in_force_within_both_of_its_times(
    context: Context, began: timedelta, unseen: timedelta
) -> None:
    """A login would outlast the time that the operator gave it."""
    settings = context.settings
    session = Session(
        session_id="00" * 16, identity="person:x", is_program=False, csrf="00",
        began_at=_NOW - began, seen_at=_NOW - unseen,
    )  # fmt: skip
    within = (
        began.total_seconds() < settings.session_s
        and unseen.total_seconds() < settings.session_idle_s
    )
    assert session.is_in_force(settings, _NOW) == within


@given(unseen=st.timedeltas(timedelta(0), timedelta(minutes=10)))
def test_a_session_in_use_is_renewed_and_stays_the_same(unseen: timedelta) -> None:
    """Somebody who works would be logged out, or live longer than the longest time."""
    session = Session(
        session_id="00" * 16, identity="person:x", is_program=False, csrf="00",
        began_at=_NOW - timedelta(hours=1), seen_at=_NOW - unseen,
    )  # fmt: skip
    renewed = session.seen(_NOW)
    assert (renewed is None) == (unseen < timedelta(seconds=60))
    if renewed is not None:
        assert renewed.seen_at == _NOW
        assert (renewed.began_at, renewed.csrf) == (session.began_at, session.csrf)
