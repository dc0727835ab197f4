"""What OpenLDAP's `slapd` says by syslog (`loglevel stats`): who came in from where, who did not.

| Lines of one operation | become |
|---|---|
| `BIND dn="D" …`, `RESULT … err=0` | `access.used`: a login, from the address of its connection |
| `BIND dn="D" …`, `RESULT … err=49` (or 34: no such name can be) | `intrusion.attempt_detected` |
| the same over a socket of the machine, which has no address | `access.attempt_denied` |
| `BIND`, refused for another lack of rights | `access.attempt_denied` |
| any other operation with `err=50` and its like | `access.attempt_denied`: what, of whom |
| a bind without a name, a step of a longer one, all others | skipped and counted |

What was read and written is not told here: the overlay `accesslog` tells it (`formats.openldap`),
with every login once more but without addresses. Numbers of connections begin anew when slapd does.

Source: OpenLDAP 2.5.13 as recorded with `-d stats`; RFC 4511 appendix A (result codes).
"""

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Final

from formats.distinguished_names import normalised_name
from formats.ldap_results import REFUSALS, result_word
from formats.names import address_of, resource_under
from formats.openldap import SERVER
from formats.reading import Outcome, ReadContext, Translated
from formats.syslog_entry import SyslogEntry
from ledger.events import event_from_mapping

PROGRAM: Final = "slapd"
PARSER: Final = "zegel-slapd/1"

_LINE: Final = re.compile(
    r"conn=(?P<conn>\d{1,12}) (?:op=(?P<op>\d{1,9})|fd=\d+) (?P<said>.*)", re.DOTALL
)
_ACCEPT: Final = re.compile(
    r"ACCEPT from (?:IP=\[?(?P<address>[0-9A-Fa-f.:]+?)\]?:\d+|PATH=\S+) .*"
)
_BIND: Final = re.compile(r'BIND dn="(?P<name>.*)" (?:method=(?P<method>\d+)|mech=(?P<mech>\S+).*)')
_NO_NAME: Final = re.compile(r"do_bind: invalid dn \((?P<name>.*)\)", re.DOTALL)
_OPERATION: Final = re.compile(
    r'(?P<verb>ADD|MOD|DEL|MODRDN|CMP|SRCH) (?:dn|base)="(?P<name>[^"]*)".*', re.DOTALL
)
_RESULT: Final = re.compile(r"(?:SEARCH )?RESULT tag=\d+ err=(?P<code>\d{1,5})\b.*", re.DOTALL)
_ACTS: Final = {
    "ADD": "add",
    "MOD": "change",
    "DEL": "delete",
    "MODRDN": "rename",
    "CMP": "compare",
    "SRCH": "search",
}
_METHODS: Final = {
    "SIMPLE": "password",
    "PLAIN": "password",
    "LOGIN": "password",
    "EXTERNAL": "certificate",
    "GSSAPI": "single-sign-on",
    "GSS-SPNEGO": "single-sign-on",
    "OAUTHBEARER": "single-sign-on",
}
_SIMPLE: Final = "128"
"""The number by which slapd tells of a bind with a name and a password."""
_INVALID_NAME: Final = 34
_INVALID_CREDENTIALS: Final = 49
_GUESSES: Final = frozenset({_INVALID_NAME, _INVALID_CREDENTIALS})
_IN_PROGRESS: Final = 14
_KEPT_CONNECTIONS: Final = 10_000
_KEPT_OPERATIONS: Final = 64
_STEP: Final = "a step of an LDAP connection"


@dataclass(frozen=True, slots=True)
class _Operation:
    act: str
    name: str
    mechanism: str = ""


@dataclass(slots=True)
class _Connection:
    """What is known of one connection; a client may have many operations under way."""

    address: str | None = None
    name: str = ""
    """As whom it is bound; empty: as nobody."""
    operations: OrderedDict[str, _Operation] = field(default_factory=OrderedDict)


class SlapdMessages:
    """Follows the connections of one server, in the order of its log; memory stays bounded."""

    def __init__(self, context: ReadContext) -> None:
        """Begins where nothing was said before."""
        self._context = context
        self._connections: OrderedDict[tuple[str | None, str], _Connection] = OrderedDict()

    def outcome_of(self, entry: SyslogEntry) -> Outcome:
        """What one message becomes."""
        found = _LINE.fullmatch(entry.message)
        if found is None:
            return entry.line.skipped("a line of slapd about itself")
        said, number = found["said"], found["op"]
        accepted = _ACCEPT.fullmatch(said)
        connection = self._connection((entry.pid, found["conn"]), anew=accepted is not None)
        if accepted is not None:
            connection.address = address_of(accepted["address"] or "")
        if number is None:
            if said.startswith("closed"):
                del self._connections[entry.pid, found["conn"]]
            return entry.line.skipped(_STEP)
        result = _RESULT.fullmatch(said)
        if result is None:
            _begin(connection, number, said)
            return entry.line.skipped(_STEP)
        operation = connection.operations.pop(number, None)
        if operation is None:
            return entry.line.skipped("the result of an operation whose begin is not in the log")
        session = f"{SERVER} {self._context.system or ''} conn={found['conn']}"
        told = _told(connection, operation, int(result["code"]))
        return (
            entry.line.skipped(told)
            if isinstance(told, str)
            else self._fact(entry, connection, told | {"session": session})
        )

    def _connection(self, key: tuple[str | None, str], *, anew: bool) -> _Connection:
        if anew or key not in self._connections:
            self._connections[key] = _Connection()
        self._connections.move_to_end(key)
        if len(self._connections) > _KEPT_CONNECTIONS:
            self._connections.popitem(last=False)
        return self._connections[key]

    def _fact(
        self, entry: SyslogEntry, connection: _Connection, values: dict[str, Any]
    ) -> Translated:
        line, occurred = entry.line, entry.occurred
        resource = resource_under(SERVER, self._context.system)
        common = occurred.fields() | {
            "event_id": self._context.place_id(PROGRAM, occurred.instant, line.offset),
            "system": self._context.system,
            "host": entry.host,
            "parser": PARSER,
        }
        if values["kind"] == "intrusion.attempt_detected":
            del values["session"]
            common |= {"target": resource, "ip": connection.address}
        else:
            common |= {"resource": resource, "origin": connection.address}
        known = {name: value for name, value in (common | values).items() if value is not None}
        return Translated(line.place, event_from_mapping(known), line.end_offset)


def _begin(connection: _Connection, number: str, said: str) -> None:
    """Remembers what an operation is about, until its result comes."""
    bind, invalid, other = _BIND.fullmatch(said), _NO_NAME.fullmatch(said), _OPERATION.match(said)
    if bind is not None:
        mechanism = bind["mech"] or ("SIMPLE" if bind["method"] == _SIMPLE else "")
        connection.operations[number] = _Operation("log-in", bind["name"], mechanism)
    elif invalid is not None:
        connection.operations[number] = _Operation("log-in", invalid["name"], "SIMPLE")
    elif other is not None:
        connection.operations[number] = _Operation(_ACTS[other["verb"]], other["name"])
    if len(connection.operations) > _KEPT_OPERATIONS:
        connection.operations.popitem(last=False)


def _told(connection: _Connection, operation: _Operation, code: int) -> dict[str, Any] | str:
    """The fields of the fact that a result tells of, or why it tells of none."""
    if operation.act == "log-in":
        connection.name = operation.name if code == 0 else ""
        return _login_told(connection.address, operation, code)
    if code not in REFUSALS:
        return _STEP
    return _denied(operation, connection.name, code) | {
        "object_kind": "directory-entry" if operation.name else None,
        "object_id": operation.name or None,
    }


def _login_told(address: str | None, bind: _Operation, code: int) -> dict[str, Any] | str:
    method = {"auth_method": _METHODS.get(bind.mechanism, "other")}
    if code == _IN_PROGRESS or not bind.name:
        return "a step of a login that goes on" if bind.name else "a login without a name"
    if code == 0:
        used = {"kind": "access.used", "actor": _person(bind.name), "outcome": "success"}
        return method | used | {"action": "log-in", "act": "log-in"}
    if code in _GUESSES and address is not None:
        return {
            "kind": "intrusion.attempt_detected",
            "account": _person(bind.name),
            "action": "log-in",
            "outcome": "failure",
            "detector": PROGRAM,
            "detector_rule": "failed-bind",
            "attempts": 1,
        }
    if code in REFUSALS or code in _GUESSES:
        return method | _denied(bind, bind.name, code)
    return "an operation that failed, not for lack of rights"


def _denied(operation: _Operation, name: str, code: int) -> dict[str, Any]:
    return {
        "kind": "access.attempt_denied",
        "actor": _person(name),
        "action": operation.act,
        "act": operation.act,
        "outcome": "denied",
        "note": f"result {code}: {result_word(code)}",
    }


def _person(name: str) -> str | None:
    return f"person:{normalised_name(name)}" if name.strip() else None
