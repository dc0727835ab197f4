"""The tables of a register: one row for each activity and purpose, in the columns asked for."""

import csv
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from formats.register.cells import CELLS
from formats.register.columns import BOTH, COLUMN_SETS, Authority
from formats.register.csv_file import read_csv
from formats.register.tables import (
    Table,
    about_table,
    activity_table,
    agreement_table,
    sub_processor_table,
)
from formats.register.workbook import LONGEST_TEXT, shortened, workbook
from ledger.units import LegalBasis
from projections.art30.content import Part, Purpose
from tests.registers import CUSTOMERS, STANDING, WHOLE

ZONE = ZoneInfo("Europe/Amsterdam")
OWED: dict[Part, set[str]] = {
    "controller": {"responsible", "contact", "joint", "representatives", "officer", "purpose"}
    | {"recipients", "countries", "safeguards", "measures"},
    "processor": {"responsible", "contact", "served", "representatives", "officer", "purpose"}
    | {"countries", "safeguards", "measures"},
}
"""Keys that every set needs, for the letters of art. 30."""


def _table(authority: Authority = "ap", *parts: Part) -> Table:
    return activity_table(WHOLE, authority, frozenset(parts) or BOTH, ZONE)


def _cell(table: Table, row: int, heading: str) -> object:
    return table.rows[row][table.headings.index(heading)]


@pytest.mark.parametrize("authority", COLUMN_SETS)
@pytest.mark.parametrize("part", OWED)
def test_a_set_has_every_field_that_is_owed(authority: Authority, part: Part) -> None:
    """A file for an authority would lack what art. 30 asks for."""
    columns = COLUMN_SETS[authority].of(frozenset({part}))
    keys = {column.key for column in columns}
    assert keys >= OWED[part]
    assert keys & {"subjects", "matrix"}
    assert keys & {"data", "data_with_limits", "matrix"}
    assert keys & {"retention", "data_with_limits"}
    assert keys <= CELLS.keys()
    assert len({column.heading for column in columns}) == len(columns)


def test_there_is_a_row_for_each_activity_and_purpose() -> None:
    """A purpose would be left out, or an activity without any."""
    table = _table()
    assert [_cell(table, row, "Doel-ID") for row in range(len(table.rows))] == [
        "customer-service",
        "statistics",
        "hosting",
    ]
    bare = replace(WHOLE, activities=(replace(CUSTOMERS, purposes=()),))
    assert len(activity_table(bare, "ap", BOTH, ZONE).rows) == 1


def test_the_columns_of_a_part_are_those_of_the_part() -> None:
    """The processor's sheet would ask for a legal basis, the controller's for a principal."""
    assert "Grondslag" not in _table("ap", "processor").headings
    assert "In opdracht van" not in _table("ap", "controller").headings
    assert _table("ap", "processor").title == "processor"


def test_a_cell_tells_what_the_letter_asks() -> None:
    """The file would say less, or other things, than the register."""
    table = _table("ap")
    assert _cell(table, 0, "Grondslag") == "overeenkomst, art. 6 lid 1 b"
    assert _cell(table, 0, "Betrokkenen en gegevens") == "customers: name, address"
    assert _cell(table, 0, "Ingangsdatum") == date(2026, 1, 1)
    assert _cell(table, 0, "Waarborgen") == (
        f"US: modelbepalingen van de Commissie, art. 46 lid 2 c (SHA-256 {'cd' * 32})"
    )
    assert _cell(table, 0, "Bewaartermijn") == (
        "name: 7 jaar vanaf contract-ended (tax-law); address: 1 jaar 2 maanden"
    )
    assert _cell(table, 0, "Verwerkersovereenkomst") == WHOLE.agreements[0].agreement
    assert _cell(table, 2, "In opdracht van") == "library · library@example.nl; school"
    assert _cell(table, 0, "DPIA") is None


def test_categories_stand_beside_their_own_time_limits() -> None:
    """The French model would show a limit without saying of which data."""
    table = _table("cnil")
    assert _cell(table, 0, "Données et durées de conservation") == (
        "name: 7 ans à compter de contract-ended (tax-law); address: 1 an 2 mois"
    )
    assert _cell(table, 0, "Autres finalités") == "statistics"
    assert _cell(table, 0, "Sous-traitants") == "xential (sous-traitant, NL)"


def test_rights_follow_from_the_basis() -> None:
    """People would be promised a right that their basis does not give."""

    def rights(basis: LegalBasis) -> str:
        purpose = Purpose(id="x", legal_basis=basis)
        register = replace(WHOLE, activities=(replace(CUSTOMERS, purposes=(purpose,)),))
        table = activity_table(register, "ico", BOTH, ZONE)
        return str(_cell(table, 0, "Rights of individuals"))

    assert "portability" in rights("contract")
    assert "objection" in rights("public-task")
    assert "erasure" not in rights("legal-obligation")
    assert "withdrawal" in rights("consent")
    assert _cell(_table("ico"), 0, "Breaches") == 1


def test_agreements_tell_what_is_missing_and_when_a_breach_is_told() -> None:
    """A processor's agreement would look complete."""
    table = agreement_table(WHOLE, "en", ZONE)
    assert _cell(table, 0, "art. 28(3): missing") == "duration"
    assert _cell(table, 0, "breach told within") == "24 hours"
    assert _cell(table, 0, "valid until") == date(2027, 1, 1)
    assert sub_processor_table(WHOLE, "nl", ZONE).rows[0][:3] == (
        "hosted",
        "ingeschakeld",
        "geen toestemming gezien",
    )


def test_the_file_says_of_when_it_is_and_what_it_does_not_claim() -> None:
    """A file would be taken for the present, or for proof that somebody complies."""
    known = replace(STANDING, as_known=STANDING.as_of + timedelta(days=1))
    told = [str(cell) for row in about_table(known, "en", ZONE).rows for cell in row]
    assert "2026-03-01 13:00 CET" in told
    assert "2026-03-02 13:00 CET" in told
    assert STANDING.root in told
    assert any("does not mean" in each for each in told)


def test_a_text_that_no_cell_holds_is_cut_with_a_mark() -> None:
    """A workbook would be refused by the program that opens it, or cut in silence."""
    longest = "x" * LONGEST_TEXT
    assert shortened(longest) == longest
    assert shortened(longest + "y")[-2:] == "x…"
    table = Table("controller", ("a",), ((longest + "y",),))
    assert workbook([table], STANDING.as_of)


@pytest.mark.parametrize("raw", [b"", b"a,b\r\n1\r\n"])
def test_rows_of_another_length_are_refused(raw: bytes) -> None:
    """A file that was cut off would be read as a shorter register."""
    with pytest.raises(ValueError, match="expected"):
        read_csv(raw)


def test_an_open_quote_is_refused() -> None:
    """A file that was cut off within a text would be read as a shorter one."""
    with pytest.raises(csv.Error):
        read_csv(b'a,b\r\n"1,2\r\n')
