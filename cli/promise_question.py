"""One question about promises: what is judged, and the ways to tell the answer."""

from typing import TYPE_CHECKING, Any, Final

from cli.known_words import listed
from cli.output import note, write_document, write_line, write_rows
from cli.reader import may_see_identities, reading_of
from formats.shown_times import show_instant
from ledger.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.session import Session
    from formats.promise_report.judged import Judged, Wanted
    from formats.promise_report.story_reader import StoryReader
    from ledger.ledger import Ledger
    from ledger.units import Hash32
    from projections.cases.reading import Moment
    from projections.promises.finding import StatementFindings
    from projections.promises.verdicts import JudgedPromise

MOST_QUESTION: Final = 400
_NONE: Final = "any (none was declared; zegel policy publish)"


class PromiseQuestion:
    """One question about promises, at one moment of one log."""

    def __init__(
        self,
        session: "Session",
        ledger: "Ledger",
        moment: "Moment",
        system: str | None,
        typed: dict[str, Any],
    ) -> None:
        self.session, self.ledger, self.moment = session, ledger, moment
        self.system, self.typed = system, typed
        self.is_refused = False

    def judged(self) -> "Judged":
        """The promises that are asked for, and what will be told of them.

        Those of `--verdict` only, save for `--explain`. All of it is of one state of the log, which
        is left before anything is recorded.

        Raises:
            BadRequest: no promise is of that system, organisation or id.
        """
        from formats.promise_report.judged import read_judged  # noqa: PLC0415 - start time: see cli/app.py
        from projections.promises import judged_promises  # noqa: PLC0415 - likewise

        explained, organisation = self.typed["explain"], self.typed["organisation"]
        with judged_promises(
            self.ledger,
            self.moment,
            system=self.system,
            organisation=organisation,
            promise_ids=None if explained is None else [explained.upper()],
        ) as standing:
            found = read_judged(self._chosen(standing), self._wanted(), self.moment.as_of)
        narrowed = (self.system, organisation, explained)
        if not standing and any(each is not None for each in narrowed):
            raise BadRequest(self._nothing())
        return found

    def _chosen(self, standing: "Sequence[JudgedPromise]") -> "list[JudgedPromise]":
        """Those with the verdict that is asked for."""
        wanted = self.typed["verdict"] if self.typed["explain"] is None else None
        return [each for each in standing if not wanted or each.verdict.verdict == wanted]

    def _wanted(self) -> "Wanted":
        """What is told of each promise beside its verdict."""
        from formats.promise_report.judged import ITEMS_ON_PAGE, ITEMS_SHOWN, Wanted  # noqa: PLC0415 - start time: see cli/app.py

        if self.typed["target"] is not None:
            return Wanted(limit=ITEMS_ON_PAGE, with_strips=True)
        if self.typed["explain"] is None:
            return Wanted()
        limit = None if self.typed["everything"] else ITEMS_SHOWN
        return Wanted(limit=limit, only=self.typed["verdict"] or None)

    def _nothing(self) -> str:
        """What there is instead of what was asked for."""
        from projections.promises import judged_promises  # noqa: PLC0415 - start time: see cli/app.py

        with judged_promises(self.ledger, self.moment) as standing:
            known = [each.promise_id for each in standing]
            every = [each.promise.event for each in standing]
        if self.typed["explain"] is not None:
            asked = self.typed["explain"]
            of = f" of {self.system}" if self.system is not None else ""
            return f"promise{of}: expected {listed(known, _NONE)}, found {asked!r}"
        if self.system is not None:
            systems = sorted({name for each in every for name in each.applies_to})
            told = listed(systems, _NONE)
            return f"system: expected one with promises, {told}, found {self.system!r}"
        names = sorted({each.organisation for each in every if each.organisation is not None})
        asked = self.typed["organisation"]
        told = listed(names, _NONE)
        return f"--organisation: expected one with promises, {told}, found {asked!r}"

    def list_them(self, found: "Judged", form: str) -> None:
        """Writes the table, or its rows as data."""
        from cli.promise_rows import (  # noqa: PLC0415 - start time: see cli/app.py
            summary_line,
        )
        from formats.answers.promise import answer_document, promise_document  # noqa: PLC0415 - likewise

        stories = self._reader(found).listed(found.verdicts)
        if form == "json":
            statements = self._statements(with_events=False)
            write_document(answer_document(stories, self.moment, self._known(), statements))
            return
        if form == "ndjson":
            for story in stories:
                write_line(promise_document(story))
        elif form == "csv":
            from cli.output import Column  # noqa: PLC0415 - start time: see cli/app.py
            from formats.promise_report.rows import ROW_COLUMNS, table_rows  # noqa: PLC0415 - likewise

            rows = table_rows(stories, self.typed["lang"])
            columns = [Column(each.name, each.heading, each.unit) for each in ROW_COLUMNS]
            write_rows(rows, columns, "csv", self.session.zone)
        else:
            from cli.promise_drawn import draw_list  # noqa: PLC0415 - Rich is loaded only to draw

            draw_list(stories, self.typed["lang"], self.session.zone)
        note(f"{summary_line(stories)}; {self._provenance()}")
        if form == "table":
            self._point_at_findings()

    def tell_findings(self, form: str) -> None:
        """Writes what is wrong or unclear inside the statements."""
        from cli.promise_findings import write_findings  # noqa: PLC0415 - start time: see cli/app.py

        statements = self._statements()
        if not statements:
            self.judged()
        language, zone = self.typed["lang"], self.session.zone
        write_findings(statements, self.moment, self._known(), form, language=language, zone=zone)
        if form != "json":
            note(self._provenance())

    def _point_at_findings(self) -> None:
        """Says how many contradictions there are, and how to see them."""
        from formats.promise_report.finding_words import contradictions_line  # noqa: PLC0415 - start time: see cli/app.py
        from formats.promise_report.words import ReportWords  # noqa: PLC0415 - likewise
        from projections.promises.finding import contradiction_count  # noqa: PLC0415 - likewise

        count = contradiction_count(self._statements(with_events=False))
        line = contradictions_line(count, ReportWords(self.typed["lang"], self.session.zone))
        if line:
            note(f"{line}: zegel promises --findings")

    def _statements(
        self, of: str | None = None, *, with_events: bool = True
    ) -> "list[StatementFindings]":
        """What is wrong inside the statements that are asked about, or those of an organisation."""
        from projections.promises.findings import statement_findings  # noqa: PLC0415 - start time: see cli/app.py

        return statement_findings(
            self.ledger,
            self.moment,
            system=self.system,
            organisation=of or self.typed["organisation"],
            with_events=with_events,
        )

    def explain(self, found: "Judged", form: str) -> None:
        """Tells the story of one promise."""
        from formats.answers.promise import story_document  # noqa: PLC0415 - start time: see cli/app.py

        (verdict,) = found.verdicts
        # What is wrong in other statements is not told of it.
        statements = self._statements(verdict.organisation)
        (story,) = self._reader(found).told(found, statements=statements)
        zone = self.session.zone
        if form == "json":
            write_document({**self._of_what(), **story_document(story, zone)})
        elif form != "table":
            write_line({**self._of_what(), **story_document(story, zone)})
        else:
            from cli.promise_drawn import draw_story  # noqa: PLC0415 - Rich is loaded only to draw

            draw_story(story, self.typed["lang"], self.session.zone)
            note(self._provenance())

    def write_page(self, found: "Judged") -> None:
        """Writes the page; every promise with its explanation."""
        from cli.promise_page import write_promise_page  # noqa: PLC0415 - start time: see cli/app.py

        write_promise_page(
            self._reader(found),
            found,
            self.typed["target"],
            self._root(),
            language=self.typed["lang"],
            statements=self._statements(),
        )

    def _reader(self, found: "Judged") -> "StoryReader":
        """Reads stories; with the log's own words if they were asked for and may be seen."""
        from formats.promise_report.story_reader import StoryReader  # noqa: PLC0415 - start time: see cli/app.py

        reader = StoryReader(self.ledger, self.moment, self.session.zone)
        if not self.typed["identities"]:
            return reader
        if not may_see_identities(self.ledger):
            self.is_refused = True
            return reader
        indexes = reader.indexes(found)
        question = f"promises {' '.join(each.promise_id for each in found.verdicts)}"[
            :MOST_QUESTION
        ]
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
