"""Settings of the service come from where the operator was told, or are refused by name."""

from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import BadRequest
from ledger.home import Home
from ledger.serve_settings import ServeSettings
from ledger.setting_sources import choose, expectation, serve_table, settings_of


def chosen(
    table: dict[str, object] | None = None,
    environment: dict[str, str] | None = None,
    flags: dict[str, object] | None = None,
) -> ServeSettings:
    return settings_of(choose(table or {}, environment or {}, flags or {}))


def test_what_nobody_says_is_the_default() -> None:
    """A fresh home could not be served."""
    assert chosen() == ServeSettings()
    assert {each.source for each in choose({}, {"PATH": "/bin"}, {"port": None})} == {"default"}


def test_the_nearest_word_wins() -> None:
    """What an operator types would be overruled by a forgotten file."""
    table: dict[str, object] = {"port": 1, "host": "::1", "most_depth": 9}
    environment = {"ZEGEL_SERVE_PORT": "2", "ZEGEL_SERVE_HOST": "localhost"}
    found = {each.name: each for each in choose(table, environment, {"port": 3})}
    assert (found["port"].value, found["port"].source) == (3, "flag")
    assert (found["host"].value, found["host"].source) == ("localhost", "environment")
    assert (found["most_depth"].value, found["most_depth"].source) == (9, "file")


@pytest.mark.parametrize(
    ("variable", "text", "expected"),
    [
        ("GRPC_PORT", "none", {"grpc_port": None}),
        ("SEAL", "false", {"seal": False}),
        ("SEAL", "TRUE", {"seal": True}),
        ("BODY_S", "2", {"body_s": 2.0}),
        ("BEHIND_PROXY", "::1, 192.0.2.0/24", {"behind_proxy": ("::1", "192.0.2.0/24")}),
        ("TLS_CERT", "chain.pem", {"tls_cert": "chain.pem"}),
    ],
)
def test_a_variable_is_read_as_what_it_stands_for(
    variable: str, text: str, expected: dict[str, object]
) -> None:
    """`false` in a unit file would switch something on."""
    found = chosen(environment={f"ZEGEL_SERVE_{variable}": text})
    assert found == replace(ServeSettings(), **expected)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", -1),
        ("port", 65_536),
        ("port", True),
        ("port", "8080x"),
        ("port", 80.5),
        ("port", "none"),
        ("seal", 1),
        ("seal", "yes"),
        ("host", ""),
        ("host", 3),
        ("body_s", float("nan")),
        ("body_s", "inf"),
        ("behind_proxy", [1]),
        ("behind_proxy", "::1;"),
        ("no_such_setting", 1),
    ],
)
def test_what_cannot_be_understood_is_named(name: str, value: object) -> None:
    """The service would start with something else than was meant."""
    if name == "behind_proxy" and isinstance(value, str):
        value = {"a": value}
    with pytest.raises(BadRequest, match=rf"^zegel\.toml: serve\.{name}: expected "):
        chosen({name: value})


def test_each_source_names_itself() -> None:
    """Nobody would know where to look for the mistake."""
    with pytest.raises(BadRequest, match=r"^ZEGEL_SERVE_PORT: expected"):
        chosen(environment={"ZEGEL_SERVE_PORT": "x"})
    with pytest.raises(BadRequest, match=r"^ZEGEL_SERVE_PROT: expected one of"):
        chosen(environment={"ZEGEL_SERVE_PROT": "1"})
    with pytest.raises(BadRequest, match=r"^--grpc-port: expected"):
        chosen(flags={"grpc_port": "x"})


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=3))
def test_whatever_a_table_holds_is_chosen_or_refused(table: dict[str, object]) -> None:
    """A strange file would end with a trace instead of a name."""
    known = {each.name for each in fields(ServeSettings)}
    try:
        found = choose(table, {}, {})
    except BadRequest:
        return
    assert set(table) <= known
    assert {each.name for each in found} == known


def test_every_setting_says_what_it_may_be() -> None:
    """The page of settings would have a gap, and an error nothing to say."""
    for each in fields(ServeSettings):
        assert expectation(each)


def test_a_table_that_is_none_is_refused() -> None:
    """`serve = 1` would be left out silently."""
    assert serve_table({}, "zegel.toml") == {}
    with pytest.raises(BadRequest, match=r"zegel\.toml"):
        serve_table({"serve": 1}, "zegel.toml")


def test_other_commands_accept_a_home_that_is_served(tmp_path: Path) -> None:
    """A setting of the service would keep every other command from opening the home."""
    home = Home(tmp_path / "home")
    home.init("log.example/served").close()
    with home.settings_file.open("a") as file:
        file.write("\n[serve]\nport = 9\n")
    assert home.settings().origin == "log.example/served"
    home.open_ledger().close()
    assert settings_of(home.serve_settings({})).port == 9
