"""`zegel promises`: which promises of privacy statements were kept, and on what that rests."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cli.case_moment import moment_options, typed_moment
from cli.exit_codes import ExitCode
from cli.options import ZegelCommand, output_options
from cli.output import choose_form, note, write_document, write_line, write_rows
from cli.pruned_note import say_pruned
from cli.reader import identity_options, may_see_identities, reading_of, require_purpose
from cli.session import Session
from cli.times import show_instant
from cli.words import system_word
from ledger.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.promise_story import StoryReader
    from ledger.ledger import Ledger
    from ledger.units import Hash32
    from projections.cases.reading import Moment
    from projections.promises.answers import PromiseVerdict

EXAMPLES: Final = (
    "zegel promises ragiox-gold --as-of 2026-03-01 --as-known 2026-04-01",
    "zegel promises --explain RAG-03",
    "zegel promises --html promises.html --lang nl",
)
VERDICT_WORDS: Final = ("kept", "broken", "pending", "undeterminable")
MOST_QUESTION: Final = 400
_MOST_LISTED: Final = 12


@click.command(
    cls=ZegelCommand,
    examples=EXAMPLES,
    short_help="Show which promises of privacy statements were kept.",
)
@click.argument("system", type=system_word(), required=False, metavar="[SYSTEM]")
@click.option("--organisation", metavar="ID", help="Only the promises of this organisation.")
@click.option(
    "--verdict",
    type=click.Choice(VERDICT_WORDS),
    help="Only promises with this verdict; with --explain, only such events.",
)
@click.option(
    "--explain", metavar="PROMISE", help="Tell the story of one promise, event by event: RAG-03."
)
@click.option(
    "--all", "everything", is_flag=True, help="With --explain: every judged event, not the first."
)
@click.option(
    "--check", is_flag=True, help="End with exit code 7 when any promise shown is broken."
)
@click.option(
    "--html",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write a page for people that explains every promise.",
)
@click.option("--force", is_flag=True, help="With --html: write over a file that is there.")
@click.option(
    "--lang",
    type=click.Choice(["en", "nl"]),
    default="en",
    show_default=True,
    help="In which language promises and rules are told.",
)
@identity_options
@moment_options
@output_options
@click.pass_obj
def promises(session: Session, /, system: str | None, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Show every promise with its verdict: kept, broken, pending or undeterminable.

    A promise is judged against the rules, parameters and readings in force at each event. A
    promise that something never happens is kept only while its source is declared connected.
    Every verdict names the records that it rests on; --explain tells them one by one.

    The words of a promise come from the shipped statement file of the same text, or else from its
    rule; with --identities and --purpose those of the log itself are opened, which is recorded.
    """
    require_purpose(typed)
    _require_free(typed["target"], force=typed["force"])
    if typed["everything"] and typed["explain"] is None:
        raise click.UsageError("--all: expected --explain PROMISE beside it, found none")
    chosen = choose_form(form)
    with session.open_ledger() as ledger:
        say_pruned(ledger)
        moment = typed_moment(session, ledger, typed["as_of"], typed["as_known"])
        asked = _Asked(session, ledger, moment, system, typed)
        found = asked.verdicts()
        if typed["target"] is not None:
            asked.write_page(found)
        elif typed["explain"] is not None:
            asked.explain(found[0], chosen)
        else:
            asked.list_them(found, chosen)
    broken = any(each.verdict == "broken" for each in found)
    if typed["check"] and broken:
        return ExitCode.PROMISE_BROKEN
    return ExitCode.NOT_AUTHORISED if asked.is_refused else ExitCode.FINE


def _require_free(target: Path | None, *, force: bool) -> None:
    if target is not None and target.exists() and not force:
        raise BadRequest(f"--html {target}: expected no such file yet; --force writes over it")


class _Asked:
    """One question about promises, at one moment of one log."""

    def __init__(
        self,
        session: Session,
        ledger: "Ledger",
        moment: "Moment",
        system: str | None,
        typed: dict[str, Any],
    ) -> None:
        self.session, self.ledger, self.moment = session, ledger, moment
        self.system, self.typed = system, typed
        self.is_refused = False

    def verdicts(self) -> "list[PromiseVerdict]":
        """The verdicts that are asked for; those of `--verdict` only, save for `--explain`.

        Raises:
            BadRequest: no promise is of that system, organisation or id.
        """
        from projections.promises import promise_verdicts  # noqa: PLC0415 - start time: see cli/app.py

        explained = self.typed["explain"]
        found = promise_verdicts(
            self.ledger,
            self.moment,
            system=self.system,
            organisation=self.typed["organisation"],
            promise_ids=None if explained is None else [explained.upper()],
        )
        narrowed = (self.system, self.typed["organisation"], explained)
        if not found and any(each is not None for each in narrowed):
            raise BadRequest(self._nothing(promise_verdicts(self.ledger, self.moment)))
        wanted = self.typed["verdict"]
        if wanted and explained is None:
            found = [each for each in found if each.verdict == wanted]
        return found

    def _nothing(self, every: "Sequence[PromiseVerdict]") -> str:
        """What there is instead of what was asked for."""
        if self.typed["explain"] is not None:
            known, asked = [each.promise_id for each in every], self.typed["explain"]
            of = f" of {self.system}" if self.system is not None else ""
            return f"promise{of}: expected {_listed(known)}, found {asked!r}"
        if self.system is not None:
            systems = sorted({name for each in every for name in each.systems})
            return f"system: expected one with promises, {_listed(systems)}, found {self.system!r}"
        names = sorted({each.organisation for each in every if each.organisation is not None})
        asked = self.typed["organisation"]
        return f"--organisation: expected one with promises, {_listed(names)}, found {asked!r}"

    def list_them(self, found: "Sequence[PromiseVerdict]", form: str) -> None:
        """Writes the table, or its rows as data."""
        from cli.promise_rows import (  # noqa: PLC0415 - start time: see cli/app.py
            ROW_COLUMNS,
            answer_document,
            promise_document,
            summary_line,
            table_rows,
        )

        stories = self._reader(found, limit=0).listed(found)
        if form == "json":
            write_document(answer_document(stories, self.moment, self._known()))
            return
        if form == "ndjson":
            for story in stories:
                write_line(promise_document(story))
        elif form == "csv":
            rows = table_rows(stories, self.typed["lang"])
            write_rows(rows, ROW_COLUMNS, "csv", self.session.zone)
        else:
            from cli.promise_drawn import draw_list  # noqa: PLC0415 - Rich is loaded only to draw

            draw_list(stories, self.typed["lang"], self.session.zone)
        note(f"{summary_line(stories)}; {self._provenance()}")

    def explain(self, verdict: "PromiseVerdict", form: str) -> None:
        """Tells the story of one promise."""
        from cli.promise_rows import story_document  # noqa: PLC0415 - start time: see cli/app.py
        from cli.promise_story import ITEMS_SHOWN  # noqa: PLC0415 - likewise

        limit = None if self.typed["everything"] else ITEMS_SHOWN
        (story,) = self._reader([verdict], limit=limit).told(
            [verdict], limit=limit, only=self.typed["verdict"] or None
        )
        if form == "json":
            write_document({**self._of_what(), **story_document(story)})
        elif form != "table":
            write_line({**self._of_what(), **story_document(story)})
        else:
            from cli.promise_drawn import draw_story  # noqa: PLC0415 - Rich is loaded only to draw

            draw_story(story, self.typed["lang"], self.session.zone)
            note(self._provenance())

    def write_page(self, found: "Sequence[PromiseVerdict]") -> None:
        """Writes the page; every promise with its explanation."""
        from cli.promise_page import write_promise_page  # noqa: PLC0415 - start time: see cli/app.py
        from cli.promise_story import ITEMS_ON_PAGE  # noqa: PLC0415 - likewise

        reader = self._reader(found, limit=ITEMS_ON_PAGE)
        write_promise_page(
            reader, found, self.typed["target"], self._root(), language=self.typed["lang"]
        )

    def _reader(self, found: "Sequence[PromiseVerdict]", *, limit: int | None) -> "StoryReader":
        """Reads stories; with the log's own words if they were asked for and may be seen.

        Args:
            found: The promises.
            limit: How many judged events of each will be shown; 0: only its declaration.
        """
        from cli.promise_story import StoryReader  # noqa: PLC0415 - start time: see cli/app.py

        reader = StoryReader(self.ledger, self.moment, self.session.zone)
        if not self.typed["identities"]:
            return reader
        if not may_see_identities(self.ledger):
            self.is_refused = True
            return reader
        indexes = reader.indexes(found, limit=limit)
        question = f"promises {' '.join(each.promise_id for each in found)}"[:MOST_QUESTION]
        rows = self.ledger.log.records_at(indexes)
        opening = self.ledger.record_reading(reading_of(self.typed["purpose"]), question, rows)
        return StoryReader(self.ledger, self.moment, self.session.zone, opening)

    def _known(self) -> dict[str, Any]:
        return {"size": self.ledger.head().size, "root": self._root()}

    def _of_what(self) -> dict[str, Any]:
        return {"as_of": self.moment.as_of, "known_size": self.moment.known_size, **self._known()}

    def _root(self) -> "Hash32":
        """Of the tree of all records that the log has."""
        from ledger.merkle import Frontier  # noqa: PLC0415 - start time: see cli/app.py

        head = self.ledger.head()
        return Frontier(head.size, head.frontier).root()

    def _provenance(self) -> str:
        as_of = show_instant(self.moment.as_of, self.session.zone)
        return (
            f"as of {as_of}, by {self.moment.known_size} of {self.ledger.head().size} records, "
            f"root {self._root().hex()}"
        )


def _listed(names: "Sequence[str]") -> str:
    """Names to choose from, not too many."""
    if not names:
        return "any (none was declared; zegel policy publish)"
    more = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
    return ", ".join(names[:_MOST_LISTED]) + more
