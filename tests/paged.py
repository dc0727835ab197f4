"""The story of the demo with its service, and people who are logged in to the page."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from starlette.testclient import TestClient

from ledger.home import Home
from ledger.role_names import ServiceRole
from ledger.serve_settings import ServeSettings
from ledger.signing.signing_folder import SigningFolder
from projections import catch_up
from service.app import create_app
from service.context import Context
from service.page.access.session import Session, begin_session, session_cookie
from service.page.languages import LANGUAGE_COOKIE, Language
from tests.command_line import zegel_here
from tests.sealed_home import without_passphrase
from tests.served import known_caller, seal

if TYPE_CHECKING:
    from ledger.ledger import Ledger

OWN_HOST: Final = "http://testserver"


def make_demo_home(folder: Path) -> Path:
    """A home in which the story of the demo was told and signed, its views in step."""
    home = folder / "home"
    told = zegel_here("demo", "--dir", home)
    assert told.returncode == 0, told.stderr
    with closing(Home(home).open_ledger()) as ledger:
        catch_up(ledger)
        SigningFolder(home).create(ledger.origin, without_passphrase)
    return home


@contextmanager
def served_home(home: Path, folder: Path, **settings: object) -> Iterator[Context]:
    """What serves a copy of a home, so that tests may record in it.

    Args:
        home: As `make_demo_home` gives it; it stays as it is.
        folder: Where the copy goes.
        settings: Those of the service that differ from the defaults.
    """
    copied = Home(shutil.copytree(home, folder / "served"))
    signing = SigningFolder(copied.folder)
    ledger: Ledger = copied.open_ledger()
    try:
        context = Context(
            ledger,
            copied,
            replace(ServeSettings(), **settings),  # type: ignore[arg-type]  # the test names them
            known_caller,
            signing.terms,
        )
        seal(context)
        yield context
    finally:
        ledger.close()


def session_of(context: Context, role: ServiceRole) -> Session:
    """A session of somebody whose only role is this one."""
    return begin_session(
        identity=f"person:{role}@test",
        is_program=role == "recorder",
        key=role,
        issuer=None,
        now=context.ledger.clock(),
        random=os.urandom(48),
    )


def visitor(
    context: Context, role: ServiceRole, *, language: Language = "en"
) -> tuple[TestClient, str]:
    """Somebody who is logged in, and the token that forms of their session carry."""
    session = session_of(context, role)
    header = session_cookie(context, session, os.urandom(12))
    name, _, value = header.partition(";")[0].partition("=")
    client = TestClient(
        create_app(context),
        base_url=OWN_HOST,
        cookies={name: value, LANGUAGE_COOKIE: language},
        raise_server_exceptions=False,
        follow_redirects=False,
    )
    return client, session.csrf


def fresh_name(word: str) -> str:
    """An id that no other test gives to a case."""
    return f"{word}-{uuid4().hex[:8]}"
