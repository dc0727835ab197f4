"""CEF: one line an event, whatever stands in it, that another program takes apart again."""

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from formats.export.cef import EXPORT, cef_line
from formats.export.writing import Exported
from formats.visible import visible, visible_lines
from tests.ocsf_records import PROVENANCE, raw, records_of
from tests.unit.formats.export.test_ocsf import recorded


def taken_apart(line: bytes) -> tuple[list[str], dict[str, str]]:
    """The seven parts of the header and the extension, by another way than they were put together.

    Source: ArcSight CEF Implementation Standard, version 26, chapter 1.
    """
    text = line.decode().removesuffix("\n")
    assert "\n" not in text
    ends = [match.start() for match in re.finditer(r"\|", _hidden(text))][:7]
    starts = [0, *(end + 1 for end in ends)]
    header = [
        re.sub(r"\\([\\|])", r"\1", text[start:end])
        for start, end in zip(starts, ends, strict=False)
    ]
    extension = text[starts[-1] :]
    keys = list(re.finditer(r"(?:^| )([A-Za-z0-9]+)=", _hidden(extension)))
    stops = [*(each.start() for each in keys[1:]), len(extension)]
    found = {
        key[1]: re.sub(r"\\(.)", _unescaped, extension[key.end() : stop])
        for key, stop in zip(keys, stops, strict=True)
    }
    return header, found


def _unescaped(match: re.Match[str]) -> str:
    return "\n" if match[1] == "n" else match[1]


def _hidden(text: str) -> str:
    """The text with every escape pair made harmless, place for place."""
    return re.sub(r"\\.", "__", text)


def lines(*found: Exported, cut: bool = False) -> list[tuple[list[str], dict[str, str]]]:
    records = records_of(found, limit=len(found) if cut else None, more=cut)
    return [taken_apart(line) for line in EXPORT.write(records, PROVENANCE)]


@given(
    st.text(),
    st.dictionaries(st.sampled_from(["suser", "cs3", "fname"]), st.text(max_size=60), min_size=1),
)
def test_every_text_comes_back(name: str, extension: dict[str, str]) -> None:
    """A user name with a pipe, an equals sign or a line end would forge other fields."""
    header, found = taken_apart(cef_line("1", name, "a|b\\", 5, extension))
    assert header[4:] == [visible(name), "a|b\\", "5"]
    assert found == {key: visible_lines(value) for key, value in extension.items()}


def test_a_login_has_its_fields() -> None:
    """Whoever searches by user or address would not find it."""
    (header, found), (_, closing) = lines(
        recorded(
            "access.attempt_denied",
            5,
            resource="vpn",
            act="log-in",
            outcome="denied",
            actor="person:anna",
            origin="ip:203.0.113.9",
            attempts=3,
            system="vpn-1",
        )
    )
    assert header[:5] == ["CEF:0", "Zegel", "Zegel", "1.2", "access.attempt_denied"]
    assert header[5:] == ["access attempt denied", "4"]
    assert (found["suser"], found["src"], found["cnt"]) == ("anna", "203.0.113.9", "3")
    assert (found["act"], found["outcome"]) == ("log-in", "failure")
    assert (found["cs3Label"], found["cs3"]) == ("resource", "vpn")
    assert (found["cs2Label"], found["cs2"]) == ("system", "vpn-1")
    assert (found["cn1Label"], found["cn1"]) == ("index", "5")
    assert (found["start"], found["rt"]) == ("1773298800000", "1773302400000")
    assert (closing["msg"], closing["outcome"]) == ("complete: 1 record", "complete")


def test_addresses_stand_where_their_sort_belongs() -> None:
    """A collector would drop a line whose address is none."""
    ((_, six), _) = lines(recorded("ip.blocked", block_id="B", ip="ip:2001:db8::5"))
    assert (six["c6a2"], six["c6a2Label"]) == ("2001:db8::5", "Source IPv6 Address")
    record = recorded("ip.blocked", block_id="B", ip="ip:203.0.113.9")
    tokens = {"ip": f"ip#{'b' * 32}", "actor": f"person#{'a' * 32}"}
    document = {**record.document, "event": {**record.document["event"], **tokens}}
    ((_, found), _) = lines(replace(record, document=document))
    assert "src" not in found
    assert (found["cs4Label"], found["cs4"]) == ("sourceAddressToken", tokens["ip"])
    assert found["suid"] == tokens["actor"]
    assert "suser" not in found


def test_the_last_line_says_how_it_ended() -> None:
    """A reader would take a part for the whole."""
    (_, (header, found)) = lines(recorded("access.used", resource="x"), cut=True)
    assert (header[4], found["outcome"]) == ("export.ended", "truncated")
    assert (found["cs1"], found["cn1"]) == (bytes(range(32)).hex(), "1000")


def test_what_is_too_long_is_cut_and_what_is_raw_is_told() -> None:
    """A collector would drop the line, or the record would be gone."""
    line = cef_line("1", "x", "x", 1, {"suser": "a" * 2000})
    assert taken_apart(line)[1]["suser"] == "a" * 1022 + "…"
    ((header, found), _) = lines(raw(3))
    assert (header[4], found["cn1"]) == ("later.invented.v7", "3")


def test_acting_characters_are_made_visible() -> None:
    """An escape sequence in a name would act on the terminal of whoever follows the log."""
    line = cef_line("1", "x\x1b", "x", 1, {"suser": "a\x1b[2J"})
    assert b"\x1b" not in line
    assert taken_apart(line)[1]["suser"] == visible("a\x1b[2J")
