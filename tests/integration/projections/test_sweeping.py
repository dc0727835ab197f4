"""Views forget with the log: while others fold, after a crash, in every generation and version."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event as Signal
from typing import Any

import pytest
from sqlalchemy import Connection, text

from ledger.erasure.terms import ErasedPlace
from ledger.ledger import Ledger
from ledger.store import reading, writing
from ledger.store.engine import is_postgresql
from projections import VIEWS, catch_up, rebuild, running, state, sweeping
from projections.corrections import find_corrections
from projections.erasing import erase_disclosures, erase_subject, resume_erasures
from projections.facts import Facts
from projections.grants import VERSION
from projections.sweeping import view_table_names
from projections.tables import Scope
from projections.view import Batch
from tests.histories import day, event, new_ledger, shown, tokens, told
from tests.view_rows import rows_of_all


class CrashError(Exception):
    """Stands for whatever ends a process."""


def _crash(*_: object) -> None:
    raise CrashError


def _tell_of_anna(ledger: Ledger) -> str:
    """Records what every view keeps of Anna; gives the hexadecimal part of her token."""
    told(
        ledger,
        event("access.granted", 1, grant_id="G-1", grantee="person:anna", resource="x"),
        event("access.used", 2, grant_id="G-1", actor="person:anna", resource="x"),
        event("access.revoked", 3, grant_id="G-1", grantee="person:anna"),
        event("ip.blocked", 4, block_id="B-1", ip="ip:203.0.113.7", decider="person:anna"),
        event("intrusion.attempt_detected", 3, ip="ip:203.0.113.7"),
        event(
            "exchange.performed",
            5,
            direction="in",
            exchange_kind="sync",
            sender_person="person:anna",
        ),
        event("retention.rule_set", 6, rule_id="r", category="x", decided_by="person:anna"),
    )
    return tokens(ledger, anna="person:anna")["anna"].partition("#")[2]


def _erase(ledger: Ledger, identity: str = "person:anna") -> None:
    erase_subject(ledger, identity, requested_by="person:dpo")


def _cells(ledger: Ledger) -> str:
    """Every cell of the log in every table of every view, of whatever generation."""
    found = []
    with reading(ledger.log.engine) as connection:
        for name in view_table_names(connection):
            query = text(f"SELECT * FROM {name} WHERE log = :log")
            rows = connection.execute(query, {"log": ledger.log.log_id})
            found += [str(tuple(row)) for row in rows]
    return "\n".join(found)


def _require_as_rebuilt(ledger: Ledger) -> None:
    catch_up(ledger)
    swept = rows_of_all(ledger)
    rebuild(ledger)
    assert rows_of_all(ledger) == swept


def test_no_cell_keeps_the_token(ledger: Ledger) -> None:
    """Whoever reads a view would go on seeing what one erased person did."""
    token = _tell_of_anna(ledger)
    catch_up(ledger)
    assert token in _cells(ledger)
    _erase(ledger)
    assert token not in _cells(ledger)
    _require_as_rebuilt(ledger)
    (grant,) = state(ledger, "access", as_of=day(2), only="history").rows
    assert grant["grantee"] == "withheld"
    assert state(ledger, "access", as_of=day(2), person="anna").rows == []
    assert state(ledger, "access", as_of=day(2), person=f"person#{token}").rows == []
    (block,) = state(ledger, "blocks", as_of=day(9)).rows
    assert (block["decider"], block["attempts"]) == ("withheld", 1)


def test_erased_addresses_are_nobody_in_particular(ledger: Ledger) -> None:
    """The attempts of one erased address would be counted against another."""
    told(
        ledger,
        event("intrusion.attempt_detected", 1, ip="ip:203.0.113.7"),
        event("ip.blocked", 2, block_id="B-1", ip="ip:203.0.113.7"),
        event("ip.blocked", 2, block_id="B-2", ip="ip:198.51.100.1"),
    )
    rows = state(ledger, "blocks", as_of=day(9)).rows
    assert sorted(row["attempts"] for row in rows) == [0, 1]
    _erase(ledger, "ip:203.0.113.7")
    _erase(ledger, "ip:198.51.100.1")
    rows = state(ledger, "blocks", as_of=day(9)).rows
    assert shown(rows, "ip", "attempts") == [("withheld", 0), ("withheld", 0)]


def test_a_runner_that_read_before_an_erasure_writes_nothing(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token would come back into a view after its erasure was confirmed."""
    token = _tell_of_anna(ledger)
    erased: list[bool] = []

    def meanwhile(*asked: Any) -> Any:  # noqa: ANN401 - whatever it is asked
        if not erased:
            erased.append(True)
            _erase(ledger)
        return find_corrections(*asked)

    monkeypatch.setattr(running, "find_corrections", meanwhile)
    catch_up(ledger)
    assert erased == [True]
    assert token not in _cells(ledger)
    _require_as_rebuilt(ledger)


def test_an_erasure_waits_for_a_runner_that_writes(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a runner commits just after the sweep would hold the token for ever."""
    token = _tell_of_anna(ledger)
    database = ledger.log.engine.url.render_as_string(hide_password=False)
    other = Ledger.open(database=database, key_file=tmp_path / "views.key.json")
    fold, clearing = Facts.fold, Signal()
    works: list[Future[Any]] = []

    def heard(words: str) -> None:
        if words == "clearing views":
            clearing.set()

    def erase() -> None:
        erase_subject(other, "person:anna", requested_by="person:dpo", progress=heard)

    with ThreadPoolExecutor(1) as pool:

        def slow(self: Facts, connection: Connection, scope: Scope, batch: Batch) -> None:
            fold(self, connection, scope, batch)
            if not works:
                works.append(pool.submit(erase))
                # On SQLite nothing can be destroyed while somebody writes.
                clearing.wait(10 if is_postgresql(ledger.log.engine) else 0.2)

        monkeypatch.setattr(Facts, "fold", slow)
        catch_up(ledger)
        works[0].result()
    other.close()
    assert clearing.is_set()
    assert token not in _cells(ledger)
    _require_as_rebuilt(ledger)


@pytest.mark.parametrize("step", ["_drop_disused", "_forget", "_reread"])
def test_a_sweep_that_was_interrupted_is_finished(ledger: Ledger, step: str) -> None:
    """A crash would leave the token in some of the views, and nobody would look again."""
    token = _tell_of_anna(ledger)
    catch_up(ledger)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweeping, step, _crash)
        with pytest.raises(CrashError):
            _erase(ledger)
    (outcome,) = resume_erasures(ledger)
    assert outcome.keys_destroyed == 1
    assert token not in _cells(ledger)
    _require_as_rebuilt(ledger)


def test_single_values_of_somebody_who_lives_on_go(ledger: Ledger) -> None:
    """A view would show beyond its term what a retention rule had erased."""
    told(
        ledger,
        event("access.granted", 1, grant_id="G-1", grantee="person:anna", resource="x"),
        event("access.granted", 2, grant_id="G-2", grantee="person:anna", resource="y"),
        event("access.used", 3, grant_id="G-2", actor="person:anna", resource="y"),
    )
    catch_up(ledger)
    (anna,) = ledger.subjects_matching("person:anna")
    places = [ErasedPlace(0, anna), ErasedPlace(2, anna)]
    erase_disclosures(ledger, places, rule_id="old-grants")
    rows = state(ledger, "access", as_of=day(4)).rows
    token = f"person#{anna.hex}"
    assert sorted(shown(rows, "grantee", "resource")) == [(token, "y"), ("withheld", "x")]
    assert shown(state(ledger, "access", as_of=day(4), person="anna").rows, "grant") == [
        (str(ledger.case_stream("grant", "G-2")),)
    ]
    _require_as_rebuilt(ledger)


def test_values_are_erased_that_a_correction_took_back(ledger: Ledger) -> None:
    """What was once believed of somebody would outlive the erasure of its source."""
    grant = event("access.granted", 1, grant_id="G-1", grantee="person:anna", resource="x")
    (told_at,) = told(ledger, grant)
    wrong = ledger.log.record_at(0)
    assert wrong is not None
    told(
        ledger,
        event("log.correction_recorded", 2, corrected_event_id=str(wrong.event_id)),
        event("access.used", 3, actor="person:anna", resource="x"),
    )
    catch_up(ledger)
    (anna,) = ledger.subjects_matching("person:anna")
    erase_disclosures(ledger, [ErasedPlace(0, anna)], rule_id="old-grants")
    known = state(ledger, "access", as_of=day(2), as_known=told_at).rows
    assert shown(known, "grantee") == [("withheld",)]
    (use,) = state(ledger, "access", as_of=day(4), only="ungranted").rows
    assert use["actor"] == f"person#{anna.hex}"
    _require_as_rebuilt(ledger)


def test_rows_that_differed_by_the_erased_alone_are_one(ledger: Ledger) -> None:
    """A view would tell when one erased person took the place of another."""
    told(
        ledger,
        event(
            "access.granted",
            1,
            grant_id="G-1",
            grantee="person:carla",
            resource="x",
            granted_by="person:anna",
        ),
        event("access.modified", 5, grant_id="G-1", acts=["read"]),
        event("access.modified", 3, grant_id="G-1", acts=[], granted_by="person:bram"),
    )
    catch_up(ledger)
    before = rows_of_all(ledger)["access"][f"zegel_access_v{VERSION}_grant"]
    _erase(ledger, "person:anna")
    _erase(ledger, "person:bram")
    after = rows_of_all(ledger)["access"][f"zegel_access_v{VERSION}_grant"]
    assert len(after) == len(before) - 1
    _require_as_rebuilt(ledger)


def test_many_are_forgotten_at_once(ledger: Ledger) -> None:
    """Among many erased people one would be overlooked."""
    people = [f"person:{number}" for number in range(30)]
    told(
        ledger,
        *(event("access.granted", 1, grant_id=each, grantee=each, resource="x") for each in people),
    )
    catch_up(ledger)
    ids = [found for each in people for found in ledger.subjects_matching(each)]
    gone, left = ids[:20], ids[20:]
    places = [ErasedPlace(index, subject_id) for index, subject_id in enumerate(gone)]
    outcome = erase_disclosures(ledger, places, rule_id="old-grants")
    cells = _cells(ledger)
    assert outcome.keys_destroyed == len(gone)
    assert not [each for each in gone if each.hex in cells]
    assert not [each for each in left if each.hex not in cells]
    _require_as_rebuilt(ledger)


def test_what_nobody_reads_is_forgotten_too(
    ledger: Ledger, database_url: str, tmp_path: Path
) -> None:
    """The token would be found in rows of an older program, or of a rebuild that was given up."""
    token = _tell_of_anna(ledger)
    catch_up(ledger)
    other = new_ledger(database_url, tmp_path, "other")
    _tell_of_anna(other)
    catch_up(other)
    kept = rows_of_all(other)
    log = ledger.log.log_id
    insert = "INSERT INTO zegel_view_position (log, view, version, generation, position)"
    use = (
        f"INSERT INTO zegel_access_v{VERSION}_use "
        "(log, generation, idx, occurred, known_to, actor, resource)"
    )
    with writing(ledger.log.engine) as connection:
        for statement in (
            "CREATE TABLE zegel_access_v0_grant (log INTEGER, generation INTEGER, who TEXT)",
            f"INSERT INTO zegel_access_v0_grant VALUES ({log}, 1, 'person#{token}')",
            f"INSERT INTO zegel_access_v0_grant VALUES ({log + 1000}, 1, 'of another log')",
            f"{insert} VALUES ({log}, 'unknown', 3, 1, 5)",
            "CREATE TABLE zegel_unknown_v3_row (log INTEGER, generation INTEGER, who TEXT)",
            f"INSERT INTO zegel_unknown_v3_row VALUES ({log}, 1, 'person#{token}')",
            f"{use} VALUES ({log}, 77, 1, 1, 1, 'person#{token}', 'x')",
        ):
            connection.execute(text(statement))
    _erase(ledger)
    assert token not in _cells(ledger)
    with reading(ledger.log.engine) as connection:
        names = list(connection.scalars(text("SELECT DISTINCT view FROM zegel_view_position")))
        left = connection.execute(text("SELECT who FROM zegel_access_v0_grant")).all()
    assert sorted(names) == sorted(VIEWS)
    assert shown([dict(row._mapping) for row in left], "who") == [("of another log",)]
    assert rows_of_all(other) == kept
    other.close()
    _require_as_rebuilt(ledger)


def _unfinished_rebuild(ledger: Ledger) -> None:
    told_of: list[int] = []

    def stop(place: int) -> None:
        told_of.append(place)
        if place:
            raise CrashError

    with pytest.raises(CrashError):
        rebuild(ledger, progress=stop)


@pytest.mark.parametrize(
    "erase",
    [
        _erase,
        lambda ledger: erase_disclosures(
            ledger,
            [ErasedPlace(0, *ledger.subjects_matching("person:anna"))],
            rule_id="old-grants",
        ),
    ],
    ids=["somebody", "values"],
)
def test_a_rebuild_that_goes_on_later_brings_nothing_back(
    ledger: Ledger, erase: Callable[[Ledger], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rebuild that was interrupted before an erasure would finish with what it had read."""
    monkeypatch.setattr(running, "BATCH_RECORDS", 2)
    _tell_of_anna(ledger)
    catch_up(ledger)
    _unfinished_rebuild(ledger)
    erase(ledger)
    rebuild(ledger)
    _require_as_rebuilt(ledger)


def test_an_empty_sweep_changes_nothing(ledger: Ledger) -> None:
    """A retention run that found nothing due would change what the views say."""
    _tell_of_anna(ledger)
    catch_up(ledger)
    before = rows_of_all(ledger)
    erase_disclosures(ledger, [], rule_id="old-grants")
    assert rows_of_all(ledger) == before
