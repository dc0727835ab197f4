"""The vocabulary is complete, its names are in order and nothing personal hides in it."""

import re
from typing import Annotated

import msgspec
import pytest
from msgspec import Struct

from ledger.body import sealed_body, split_event
from ledger.events import KINDS, PLANS, event_from_mapping, resolve_kind
from ledger.events.envelope import Envelope
from ledger.personal import Person, PersonalField, plan_of
from tests.shared_data import shared

KIND_COUNT = 134
ADDED = {
    "organisation.amended",
    "system.retired",
    "dpo.designation_ended",
    "data.restriction_lifted",
    "processing.performed",
    "processing.registered",
    "processing.terms_changed",
    "processing.withdrawn",
    "log.erasure_requested",
    "log.erasure_confirmed",
    "log.key_rotated",
    "log.conflict_recorded",
    "log.intake_refused",
    "log.checkpoint_collected",
    "log.source_watched",
    "log.source_gap_detected",
    "log.source_fell_silent",
    "log.source_heard_again",
    "log.lines_quarantined",
    "log.quarantine_replayed",
    "log.quarantine_dropped",
    "log.retention_executed",
}
MARKER = "zqxmarkerzqx"
MARKED = {
    "person": f"person:{MARKER}",
    "ip": "ip:198.51.100.77",
    "data-subject": f"data-subject:customer:{MARKER}",
    "uri": f"https://{MARKER}.example/",
    "attributes": {MARKER: MARKER},
}
PUBLIC = {
    "occurred_at": "2026-11-22T09:30:00Z",
    "started_at": "2026-11-22T09:30:00Z",
    "ended_at": "2026-11-22T09:30:01Z",
    "covered_from": "2026-11-22T09:30:00Z",
    "aware_at": "2026-11-22T09:30:00Z",
    "processing_activity_id": "urn:activity:1",
    "promise_id": "RAG-03",
    "rules": [{"rule_kind": "never"}],
    "text_sha256": "a" * 64,
    "root_sha256": "a" * 64,
    "note_sha256": "a" * 64,
    "key_ids": ["1a2b3c4d"],
    "manifest_sha256": "a" * 64,
    "trace_id": "a" * 32,
    "span_id": "b" * 16,
    "role": "controller",
    "state": "active",
    "status": "active",
    "version": "2018",
    "direction": "out",
    "exchange_kind": "sync",
    "delivery": "sent",
    "channel": "phone",
    "right": "A15",
    "source": "person",
    "regime": "NIS2",
    "stage": "final",
    "risk": "high",
    "aim": "containment",
    "addressee": "authority",
    "notify": True,
    "notice_kind": "initial",
    "manner": "direct",
    "response": "order",
    "decision": "keep",
    "anchor": "rfc3161",
    "verdict": "MODIFIED",
    "offset": "PT1S",
    "tree_size": 3,
    "first_index": 2,
    "records": 1,
    "faults": 1,
    "payload_bytes": 9,
    "payload_kept": True,
    "key_role": "epoch",
    "series_id": "0192f5a4-7c1e-7b3a-9d2e-5f6a7b8c9d0e",
    "quarantine_id": "0192f5a4-7c1e-7b3a-9d2e-5f6a7b8c9d0e",
    "first_missing": 7,
    "missing": 2,
    "silent_after": "PT24H",
    "silent_from": "2026-11-22T09:30:00Z",
    "last_heard_at": "2026-11-22T09:30:00Z",
    "lines": 3,
    "lines_kept": 3,
    "line_bytes": 90,
    "recorded": 2,
    "already_recorded": 0,
    "lines_left": 1,
    "params": [],
    "corrected_event_id": "0192f5a4-7c1e-7b3a-9d2e-5f6a7b8c9d0e",
    "reused_event_id": "0192f5a4-7c1e-7b3a-9d2e-5f6a7b8c9d0e",
    "action_id": "0192f5a4-7c1e-7b3a-9d2e-5f6a7b8c9d0e",
    "confidentiality": "normal",
    "key_id": "0192f5a4-7c1e-7b3a-9d2e-5f6a7b8c9d0e",
}
"""A value for every required public field whose type takes no plain word."""


def _marked(field: PersonalField) -> object:
    value = MARKED.get(field.namespace, MARKER)
    return [value] if field.many else value


def _with_every_personal_field(kind: str) -> dict[str, object]:
    plan = PLANS[kind]
    public = {
        name: PUBLIC.get(name, "some-word")
        for name in KINDS[kind].__struct_fields__
        if plan.field(name) is None and _is_required(KINDS[kind], name)
    }
    personal = {field.name: _marked(field) for field in plan.fields}
    lists = {"purposes": [{"id": "a"}], "scores": [{"name": "a", "hundredths": 25}]}
    present = {k: v for k, v in lists.items() if k in KINDS[kind].__struct_fields__}
    if kind == "processing.performed.v1":
        public["status"] = "ok"
    if KINDS[kind].__name__.startswith("Dpa") or "purpose_texts" not in personal:
        present.pop("purposes", None)
    return {"kind": kind, **public, **present, **personal}


def _is_required(event_class: type[Struct], name: str) -> bool:
    fields = {field.name: field.required for field in msgspec.structs.fields(event_class)}
    return fields[name]


def test_there_are_as_many_kinds_as_settled() -> None:
    """A kind would be lost or added without anybody deciding so."""
    assert len(KINDS) == KIND_COUNT == len(PLANS)


def test_every_kind_of_the_domain_is_there() -> None:
    """A fact that the domain names could not be recorded."""
    text = shared("reference/domain.md").read_text("utf-8")
    table = text[text.index("### 5.2") : text.index("### 5.3")]
    columns = [line.split("|")[2] for line in table.splitlines() if line.startswith("| ")]
    named = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", " ".join(columns)))
    assert len(named) == KIND_COUNT - len(ADDED)
    assert {kind.removesuffix(".v1") for kind in KINDS} == named | ADDED


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_class_keeps_the_rules_of_the_vocabulary(kind: str) -> None:
    """A misspelt field would be taken, or a kind sealed under the name of its class."""
    config = KINDS[kind].__struct_config__
    assert re.fullmatch(r"[a-z_]+\.[a-z_]+\.v1", kind)
    assert config.frozen
    assert config.forbid_unknown_fields
    assert config.omit_defaults
    assert (config.tag_field, config.tag) == ("kind", kind)
    assert issubclass(KINDS[kind], Envelope)
    words = (KINDS[kind].__doc__ or "").split("\n\n", maxsplit=1)[0]
    assert words.endswith(".")
    assert words != (Envelope.__doc__ or "")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_stream_of_a_kind_is_one_of_its_fields(kind: str) -> None:
    """Events of one case would be sealed in streams of their own."""
    name = PLANS[kind].stream_field
    assert name is None or name in KINDS[kind].__struct_fields__


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_sealed_body_holds_no_personal_value(kind: str) -> None:
    """A value that can never be erased would name somebody."""
    event = event_from_mapping(_with_every_personal_field(kind))
    split = split_event(event)
    found = [
        value.path.partition("/")[0] for value in (*split.subjects, *split.cases, *split.texts)
    ]
    assert sorted(found) == sorted(field.name for field in PLANS[kind].fields)
    body = sealed_body(split.public, []).decode()
    assert MARKER not in body
    assert "198.51.100.77" not in body


def test_a_personal_type_below_the_top_level_is_refused() -> None:
    """A personal value would be sealed, because the vault does not look there."""

    class Inner(Struct):
        person: Person

    class Wrong(Struct, tag="wrong.done.v1"):
        inner: Inner | None = None

    class Listed(Struct, tag="wrong.listed.v1"):
        inner: Annotated[tuple[Inner, ...], msgspec.Meta(max_length=3)] = ()

    class Keyed(Struct, tag="wrong.keyed.v1"):
        inner: dict[Person, int] | None = None

    for event_class in (Wrong, Listed, Keyed):
        with pytest.raises(TypeError, match="inner: a personal type below the top level"):
            plan_of(event_class)


def test_resolving_takes_a_name_with_or_without_its_version() -> None:
    """A person would have to type `.v1`, or hyphens would be an error."""
    assert resolve_kind("access.granted") == "access.granted.v1"
    assert resolve_kind("access.granted.v1") == "access.granted.v1"
    assert resolve_kind("access-granted.v1") == "access.granted.v1"
    assert resolve_kind("sub-processor-approved") == "sub_processor.approved.v1"
    assert resolve_kind("log-source-coverage-declared.v1") == "log.source_coverage_declared.v1"
