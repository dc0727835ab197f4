"""A log with its service, asked without a network; each caller has a bearer word of its own."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

from starlette.testclient import TestClient

from ledger.errors import NotAuthenticated
from ledger.home import Home
from ledger.role_names import ServiceRole
from ledger.serve_settings import ServeSettings
from ledger.signing.signer import Signer
from ledger.signing.signing_folder import SigningFolder
from service.access.caller import Caller
from service.app import create_app
from service.context import Context
from tests.sealed_home import without_passphrase

if TYPE_CHECKING:
    from ledger.ledger import Ledger

ORIGIN: Final = "service.example/log"


def known_caller(headers: Mapping[str, str]) -> Caller:
    """The caller whose only role is the word of the bearer token, `reader` or another."""
    word = headers.get("authorization", "").removeprefix("Bearer ")
    for role in get_args(ServiceRole):
        if word == role:
            case = headers.get("zegel-case")
            return Caller(
                f"person:{role}@test",
                is_program=role == "recorder",
                roles=frozenset({role}),
                case=case,
            )
    raise NotAuthenticated("authorization: expected a bearer token, found none that is known")


@contextmanager
def served_context(
    folder: Path, database: str | None = None, **settings: object
) -> Iterator[Context]:
    """A fresh log with a signing key, and the context that serves it.

    Args:
        folder: Where its home is made.
        database: A URL; a file of the home, if not given.
        settings: Those of the service that differ from the defaults.
    """
    home = Home(folder / "home")
    ledger: Ledger = home.init(ORIGIN, database=database)
    signing = SigningFolder(home.folder)
    signing.create(ORIGIN, without_passphrase)
    try:
        yield Context(
            ledger,
            home,
            replace(ServeSettings(), **settings),  # type: ignore[arg-type]  # the test names them
            known_caller,
            signing.terms,
        )
    finally:
        ledger.close()


def seal(context: Context) -> None:
    """A checkpoint over everything."""
    signing = SigningFolder(context.home.folder)
    ledger = context.ledger
    signer = Signer(
        ledger.log, lambda: signing.current(without_passphrase), signing.state, ledger.clock
    )
    signer.seal()


def client_of(context: Context, role: ServiceRole | None = None) -> TestClient:
    """A client of the application; with a role, as somebody who has it."""
    headers = {} if role is None else {"Authorization": f"Bearer {role}"}
    return TestClient(create_app(context), headers=headers, raise_server_exceptions=False)
