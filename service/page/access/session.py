"""A login to the page: who logged in and how, in a sealed cookie, for some hours.

A session proves who somebody is, never what they may do: that is read from the log at each request,
so it ends when its revocation is durable. A session ends when it was not used for a while, when its
longest time is over, when somebody logs out, and with its API key.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from ledger.ended_sessions import end_session, is_ended
from ledger.errors import NotAuthenticated
from ledger.roles import held_service_roles
from ledger.serve_settings import ServeSettings
from service.access.caller import Caller
from service.context import Context
from service.page.access.sealed_cookies import (
    NONCE_BYTES,
    cookie_cipher,
    cookie_header,
    cookie_name,
    open_value,
    seal_value,
)

SESSION_COOKIE: Final = "zegel-session"
"""Its name without TLS; `__Host-` stands before it where browsers come over TLS."""

SESSION_IN_USE: Final = "zegel.session"
CALLER_IN: Final = "zegel.caller"
"""Where the scope of a request keeps the session that it was let in with, and whose that is."""

RENEWED_AFTER_S: Final = 60
"""So often at most is the cookie of a session in use written anew."""

ID_BYTES: Final = 16
CSRF_BYTES: Final = 32
"""Random bytes of a session's id, and of the token in its forms."""
RANDOM_BYTES: Final = ID_BYTES + CSRF_BYTES

_SEPARATOR: Final = "."


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody who logged in."""

    session_id: str
    """32 hexadecimal digits; random, known to the browser alone."""
    identity: str
    """`person:…`: the account of a person, or that of a program that has a key."""
    is_program: bool
    key: str | None = field(default=None, repr=False)
    """The API key that was shown; `None` for a person whom the issuer named."""
    issuer: str | None = None
    """Who named the person; `None` where a key was shown."""
    csrf: str = field(repr=False)
    """What every form of this session must bring back."""
    began_at: datetime
    seen_at: datetime
    """When it was used last, at most a minute before the truth."""

    def is_in_force(self, settings: ServeSettings, now: datetime) -> bool:
        """Whether neither of its two times is over."""
        return now < self.began_at + timedelta(
            seconds=settings.session_s
        ) and now < self.seen_at + timedelta(seconds=settings.session_idle_s)

    def seen(self, now: datetime) -> "Session | None":
        """The session as it is to be written anew; `None` if it was a moment ago."""
        if now - self.seen_at < timedelta(seconds=RENEWED_AFTER_S):
            return None
        return replace(self, seen_at=now)


class _Sealed(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a cookie holds, beside the id that stands before it."""

    identity: str
    is_program: bool
    key: str | None
    issuer: str | None
    csrf: str
    began_at: datetime
    seen_at: datetime


def begin_session(
    *, identity: str, is_program: bool, key: str | None, issuer: str | None, now: datetime,
    random: bytes,
) -> Session:  # fmt: skip
    """A session that begins now.

    Args:
        identity: Who proved who they are.
        is_program: Whether a program's key did.
        key: That key.
        issuer: Who named the person.
        now: The time.
        random: 48 unpredictable bytes.
    """
    return Session(
        session_id=random[:ID_BYTES].hex(),
        identity=identity,
        is_program=is_program,
        key=key,
        issuer=issuer,
        csrf=random[ID_BYTES : ID_BYTES + CSRF_BYTES].hex(),
        began_at=now,
        seen_at=now,
    )


def session_cookie(context: Context, session: Session, nonce: bytes) -> str:
    """The header `Set-Cookie` that keeps a session in a browser.

    Args:
        context: What is served.
        session: Which.
        nonce: 12 random bytes, never used twice.
    """
    assert len(nonce) == NONCE_BYTES  # noqa: S101 - a fault of the program
    name = cookie_name(context.settings, SESSION_COOKIE)
    held = _Sealed(
        session.identity, session.is_program, session.key, session.issuer, session.csrf,
        session.began_at, session.seen_at,
    )  # fmt: skip
    sealed = seal_value(
        cookie_cipher(context.ledger),
        _bound(name, session.session_id),
        msgspec.msgpack.encode(held),
        nonce,
    )
    value = f"{session.session_id}{_SEPARATOR}{sealed}"
    return cookie_header(
        context.settings, SESSION_COOKIE, value, lasts_s=context.settings.session_s
    )


def no_session_cookie(settings: ServeSettings) -> str:
    """The header `Set-Cookie` that takes a session out of a browser."""
    return cookie_header(settings, SESSION_COOKIE, "", lasts_s=0)


def open_session(context: Context, cookies: Mapping[str, str]) -> Session | None:
    """The session that the cookies of a request hold, if its time is not over.

    It may have been ended, and its key revoked: `caller_of` finds that.

    Args:
        context: What is served.
        cookies: By name.
    """
    name = cookie_name(context.settings, SESSION_COOKIE)
    session_id, _, sealed = cookies.get(name, "").partition(_SEPARATOR)
    plain = open_value(cookie_cipher(context.ledger), _bound(name, session_id), sealed)
    if plain is None:
        return None
    held = msgspec.msgpack.decode(plain, type=_Sealed)
    session = Session(
        session_id=session_id,
        identity=held.identity,
        is_program=held.is_program,
        key=held.key,
        issuer=held.issuer,
        csrf=held.csrf,
        began_at=held.began_at,
        seen_at=held.seen_at,
    )
    return session if session.is_in_force(context.settings, context.ledger.clock()) else None


def caller_of(context: Context, session: Session) -> Caller:
    """Who is logged in, with the roles that they hold now; blocking.

    Raises:
        NotAuthenticated: somebody logged out, the key is not in force any more, or the issuer that
            named the person is not the one of the settings.
        StoreUnavailable: the database cannot be read.
    """
    if is_ended(context.ledger, UUID(session.session_id)):
        raise _ended(session, "session-ended")
    if session.key is not None:
        return context.authenticate({"authorization": f"Bearer {session.key}"})
    if session.issuer is None or session.issuer != context.settings.oidc_issuer:
        raise _ended(session, "session-issuer")
    roles = held_service_roles(context.ledger, session.identity)
    return Caller(session.identity, is_program=False, roles=roles)


def end(context: Context, session: Session) -> None:
    """Ends a session before its time, for every copy of its cookie; blocking, durable on return.

    Raises:
        StoreUnavailable: the database cannot be written.
    """
    until = session.began_at + timedelta(seconds=context.settings.session_s)
    end_session(context.ledger, UUID(session.session_id), until)


def _ended(session: Session, reason: str) -> NotAuthenticated:
    return NotAuthenticated(
        "expected a session in force, found one that ended",
        reason=reason,
        method="api-key" if session.is_program else "single-sign-on",
        identity=session.identity,
    )


def _bound(name: str, session_id: str) -> str:
    return f"{name}{_SEPARATOR}{session_id}"
