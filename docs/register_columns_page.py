"""The page ``docs/reference/register-columns.md``: the columns that each authority asks for."""

from collections.abc import Iterator

from formats.register.columns import COLUMN_SETS, Column

_PREFACE = """\
# Columns of the register

Generated from the program by `make docs`.

`zegel register export --columns SET` writes CSV and workbooks with one row for each activity and
purpose, in the columns below. The headings are short words of our own in the language of the
authority: where an official heading is a whole sentence, it is not repeated. Several values stand
in one cell, parted by `; `. Dates are local dates of the home's zone; in a workbook they are dates.

A column marked *yours* belongs to the template, but no event tells it: it stays empty, to be
filled in. A set is an aid, no form that an authority prescribes, and a register in its columns does
not show that anybody complies.

Sources: GDPR art. 30(1) and 30(2) for every set. Beyond that the sets follow what each authority
published: for `ap` the explanation by the Autoriteit Persoonsgegevens, which prescribes no form,
and Dutch practice; for `cnil` the register model of 2019; for `ico` the documentation templates for
controllers and processors; for `gba` the model register of September 2017.
"""

_MEANINGS = {
    "reference": "URI of the activity",
    "version": "its version, from 1",
    "record": "index of the record that says so",
    "role": "controller, joint controller or processor",
    "name": "its name",
    "description": "its description",
    "created": "date of its first version",
    "updated": "date on which this version was entered",
    "in_force": "date from which this version is in force",
    "responsible": "controller, or processor",
    "contact": "contact details of the activity, else of its organisation",
    "joint": "joint controllers",
    "representatives": "representatives (art. 27)",
    "officer": "data protection officer of the activity, else of its organisation",
    "served": "controllers for whom it is processed",
    "purpose": "the purpose of this row in words, else its id",
    "purpose_id": "the id of the purpose of this row",
    "other_purposes": "ids of the other purposes of the activity",
    "legal_basis": "basis of the purpose, art. 6(1)",
    "article_9": "ground for special categories, art. 9(2)",
    "subjects": "categories of people",
    "data": "categories of data",
    "data_with_limits": "categories of data, each with its own time limit",
    "matrix": "of whom, which data",
    "recipients": "recipients with role and country",
    "recipient_kinds": "roles of the recipients",
    "processors": "recipients that process on behalf",
    "agreements": "agreements in force with them",
    "countries": "third countries and organisations of transfers",
    "safeguards": "what makes each transfer lawful",
    "documents": "SHA-256 of the documents of the safeguards",
    "retention": "time limits by category of data",
    "measures": "security measures",
    "rights": "rights that the basis gives (art. 7(3), 15-18, 20, 21)",
    "breaches": "how many breaches name the activity",
    "breach_records": "the cases of those breaches",
    "unrecorded": "*yours*",
}


def register_columns_page() -> str:
    """The whole page, in the order of the sets."""
    return "\n".join([_PREFACE, *_sets()])


def _sets() -> Iterator[str]:
    for name, chosen in COLUMN_SETS.items():
        yield f"## {name}: {chosen.authority}\n"
        yield "| column | what stands in it | part |\n|---|---|---|"
        yield from (
            f"| {column.heading} | {_MEANINGS[column.key]} | {_part(column)} |"
            for column in chosen.columns
        )
        yield ""


def _part(column: Column) -> str:
    return "both" if len(column.parts) > 1 else next(iter(column.parts))
