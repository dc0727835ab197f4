"""`zegel record KIND --field value…`: one fact, checked by the vocabulary, then sealed."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

import click
import msgspec
from click.shell_completion import CompletionItem

from cli.fields import mapping_of, option_name, option_of, parameter_name
from cli.known_systems import remember_systems
from cli.options import ShortHelp, ZegelCommand, write_examples
from cli.receipt import write_receipt
from cli.recording_rights import RecordingRights
from cli.session import Session
from formats.event_fields import EventField, fields_of
from ledger.errors import BadRequest, MalformedEvent
from ledger.events import KINDS, event_from_mapping, resolve_kind
from ledger.units import utc_now

if TYPE_CHECKING:
    from ledger.events import Event

EXAMPLES: Final = (
    "zegel record access.granted --grant-id G-7 --grantee person:j.jansen --resource customer-file",
    "zegel record access.used --help",
    "zegel record --json event.json",
)


def _json_option() -> click.Option:
    return click.Option(
        ["--json", "document"],
        type=click.File("rb"),
        metavar="FILE",
        help="Read the event, or the rest of it, from a JSON file; - is standard input.",
    )


class KindCommand(ZegelCommand):
    """The command that records one kind; its options are the fields of that kind."""

    def __init__(self, kind: str) -> None:
        """Makes the options of the kind, `access.granted.v1` for example."""
        event_class = KINDS[kind]
        self.kind = kind
        self.fields = fields_of(event_class)
        name = kind.rpartition(".")[0]
        super().__init__(
            name,
            params=[_json_option(), *(option_of(field) for field in self.fields)],
            help=_first_line(event_class),
            callback=self._record,
            examples=tuple(_examples(name, self.fields)),
        )

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the fields of this kind first, then those that every event has."""
        options = {each.name: each for each in self.get_params(ctx)}
        parts: tuple[tuple[str, bool], ...] = (
            (f"Fields of {self.kind}", True),
            ("Fields of every event", False),
        )
        for title, own in parts:
            rows = [
                record
                for field in self.fields
                if field.own is own
                if (record := options[parameter_name(field)].get_help_record(ctx)) is not None
            ]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)
        fields = {parameter_name(field) for field in self.fields}
        others = [
            record
            for name, each in options.items()
            if name not in fields
            if (record := each.get_help_record(ctx))
        ]
        with formatter.section("Options"):
            formatter.write_dl(others)

    def _record(self, document: BinaryIO | None, **values: Any) -> int:  # noqa: ANN401 - one per field of the kind
        given = _read_document(document) if document is not None else {}
        kind = given.get("kind", self.kind)
        if not isinstance(kind, str) or resolve_kind(kind) != self.kind:
            raise MalformedEvent(self.kind, "kind", self.kind, repr(kind))
        return record_mapping({**given, **mapping_of(self.fields, values), "kind": self.kind})


class KindGroup(ShortHelp, click.Group):
    """The commands of all kinds, each made when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's signature
        """Every kind of the vocabulary without its version, in order."""
        return sorted(kind.rpartition(".")[0] for kind in KINDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that kind; the version may be left out."""
        if ctx.resilient_parsing and cmd_name not in {*self.list_commands(ctx), *KINDS}:
            return None
        try:
            return KindCommand(resolve_kind(cmd_name))
        except MalformedEvent as error:
            raise click.UsageError(str(error), ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes what each kind says, group by group, and examples."""
        with formatter.section("Kinds"):
            formatter.write_dl([(name, _short(name)) for name in self.list_commands(ctx)])
        write_examples(EXAMPLES, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The kinds and options that begin as typed."""
        kinds = [
            CompletionItem(name, help=_short(name))
            for name in self.list_commands(ctx)
            if name.startswith(incomplete)
        ]
        return [*kinds, *click.Command.shell_complete(self, ctx, incomplete)]


def _short(name: str) -> str:
    return _first_line(KINDS[resolve_kind(name)])


def _first_line(event_class: type) -> str:
    return (event_class.__doc__ or "").partition("\n")[0]


def _examples(name: str, fields: list[EventField]) -> Iterator[str]:
    needed = " ".join(f"{option_name(field)} …" for field in fields if field.required and field.own)
    base = f"zegel record {name} {needed}".rstrip()
    yield base
    yield f"{base} --occurred-at 'yesterday 14:00' --system SYSTEM"
    yield f"zegel record {name} --json event.json"


def _read_document(document: BinaryIO) -> dict[str, Any]:
    place = getattr(document, "name", "standard input")
    try:
        found = msgspec.json.decode(document.read())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"{place}: expected one event as a JSON object, found {error}") from error
    if not isinstance(found, dict):
        raise BadRequest(
            f"{place}: expected one event as a JSON object, found {type(found).__name__}"
        )
    return cast("dict[str, Any]", found)


def record_mapping(values: Mapping[str, Any]) -> int:
    """Records one event given as builtins and writes its receipt; without a time it is now."""
    event: Event = event_from_mapping({"occurred_at": utc_now().isoformat(), **values})
    session = click.get_current_context().ensure_object(Session)
    with session.open_ledger() as ledger:
        refusal = RecordingRights(ledger).refusal(event)
        if refusal is not None:
            raise refusal
        receipt = ledger.record(event)
    if event.system is not None:
        remember_systems(session, [event.system])
    write_receipt(receipt, event, session.zone)
    return 0


@click.command(
    cls=KindGroup,
    invoke_without_command=True,
    subcommand_metavar="[KIND] [--FIELD VALUE]...",
)
@click.option(
    "--json",
    "document",
    type=click.File("rb"),
    metavar="FILE",
    help="Read one event from a JSON file; - is standard input.",
)
@click.pass_context
def record(ctx: click.Context, document: BinaryIO | None) -> int | None:
    """Record one fact.

    Each kind has its own fields: zegel record KIND --help lists them with what they take.
    Times may be typed as people say them; a fact without --occurred-at occurred now.
    """
    if ctx.invoked_subcommand is not None:
        if document is not None:
            raise click.UsageError("--json FILE stands after the kind, or without one", ctx)
        return None
    if document is None:
        raise click.UsageError("expected a kind such as access.granted, or --json FILE", ctx)
    return record_mapping(_read_document(document))
