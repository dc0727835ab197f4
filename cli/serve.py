"""`zegel serve`: the service for programs and browsers; the only command that starts it."""

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cli.exit_codes import ExitCode
from cli.options import ZegelCommand
from cli.session import Session

if TYPE_CHECKING:
    from service.server import Listening

EXAMPLES: Final = (
    "zegel serve",
    "zegel serve --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem",
    "zegel serve --database postgresql://zegel@db/zegel --no-seal --no-project",
)
_PORT: Final = click.IntRange(0, 65_535)


@click.command(
    cls=ZegelCommand, examples=EXAMPLES, short_help="Serve the log to programs and browsers."
)
@click.option("--host", metavar="ADDRESS", help="Where to listen. Default: this machine only.")
@click.option("--port", type=_PORT, metavar="PORT", help="Of HTTP; 0 takes a free one.")
@click.option("--grpc-port", type=_PORT, metavar="PORT", help="Of OTLP over gRPC; 0: a free one.")
@click.option(
    "--metrics-port",
    type=_PORT,
    metavar="PORT",
    help="Of /metrics without login, on this machine only.",
)
@click.option("--no-grpc", is_flag=True, help="Do not serve OTLP over gRPC.")
@click.option("--tls-cert", metavar="FILE", help="Certificate chain, PEM.")
@click.option("--tls-key", metavar="FILE", help="Its private key, PEM.")
@click.option("--require-tls", is_flag=True, help="Refuse what does not come over TLS.")
@click.option(
    "--behind-proxy",
    multiple=True,
    metavar="ADDRESS",
    help="A proxy that terminates TLS, or its network; only it is believed about callers. "
    "Repeatable.",
)
@click.option("--no-seal", is_flag=True, help="Leave signing to zegel seal --loop.")
@click.option("--no-project", is_flag=True, help="Leave the views to zegel project --loop.")
@click.option("--no-verify", is_flag=True, help="Leave verifying the log to zegel verify.")
@click.pass_obj
def serve(session: Session, /, **given: Any) -> int:  # noqa: ANN401 - Click's own values
    """Serve the log to programs and browsers until told to stop (SIGTERM, SIGINT).

    What is not given here comes from ZEGEL_SERVE_… and from the table [serve] of zegel.toml: see
    zegel config show. Log lines go to standard error as JSON; standard output says where it
    listens. The first signal ends in good order, the second at once.
    """
    from ledger.setting_sources import settings_of  # noqa: PLC0415 - start time: see cli/app.py
    from service.operations.logs import write_logs_to  # noqa: PLC0415 - likewise
    from service.server import serve as serve_log  # noqa: PLC0415 - likewise

    # A client that goes away must not end the process, as a reader of a pipe does.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    home = session.open_home()
    chosen = home.serve_settings(flags_of(given))
    settings = settings_of(chosen)
    write_logs_to(sys.stderr)
    serve_log(home, settings, _announce, database=session.typed_database)
    return ExitCode.FINE


def flags_of(given: dict[str, Any]) -> dict[str, object]:
    """What was typed, by the names of the settings; `None`: not given."""
    flags = {name: given[name] for name in ("host", "port", "grpc_port", "metrics_port")}
    for name in ("tls_cert", "tls_key"):  # typed: relative to where one stands, not to the home
        flags[name] = None if given[name] is None else str(Path(given[name]).absolute())
    if given["no_grpc"]:
        flags["grpc_port"] = "none"
    flags["require_tls"] = True if given["require_tls"] else None
    flags["behind_proxy"] = given["behind_proxy"] or None
    flags["seal"] = False if given["no_seal"] else None
    flags["project"] = False if given["no_project"] else None
    flags["verify"] = False if given["no_verify"] else None
    return flags


def _announce(listening: "Listening") -> None:
    for url in listening.http:
        click.echo(f"HTTP {url}")
    for name, address in (("gRPC", listening.grpc), ("metrics", listening.metrics)):
        if address is not None:
            click.echo(f"{name} {address}")
    click.echo(f"ready {listening.origin}")
