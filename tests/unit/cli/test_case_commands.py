"""The commands of cases: their help, their examples, and what a follower tells."""

import shlex
from dataclasses import replace
from typing import Any
from uuid import UUID

import click
import pytest

from cli.app import app
from cli.breach import TABLE as BREACH
from cli.clocks import fresh_among
from cli.lazy import LazyGroup
from cli.options import ZegelCommand
from cli.request import TABLE as REQUEST
from cli.session import Session
from projections.cases.breach import fold_breach
from projections.cases.breach_clocks import breach_clocks
from tests.case_steps import aware, hours

STREAM = UUID("0192aaaa-0000-7000-8000-000000000001")
EVERY = [*(("breach", name) for name in BREACH), *(("request", name) for name in REQUEST)]


def _command(group: str, name: str) -> ZegelCommand:
    context = click.Context(app, obj=Session())
    found = app.get_command(context, group)
    assert isinstance(found, LazyGroup)
    own = found.get_command(context, name)
    assert isinstance(own, ZegelCommand)
    return own


@pytest.mark.parametrize(("group", "name"), EVERY)
def test_the_examples_of_a_command_are_understood_by_it(group: str, name: str) -> None:
    """An example would be refused when somebody typed it."""
    own = _command(group, name)
    assert own.examples
    for example in own.examples:
        program, typed_group, typed_name, *arguments = shlex.split(example)
        assert (program, typed_group, typed_name) == ("zegel", group, name)
        own.make_context(name, arguments, obj=Session()).close()


@pytest.mark.parametrize(("group", "name"), EVERY)
def test_every_option_says_what_it_is(group: str, name: str) -> None:
    """Somebody would have to guess what an option means."""
    own = _command(group, name)
    assert own.help
    options = [each for each in own.params if isinstance(each, click.Option)]
    assert [each.name for each in options if not each.help] == []


def test_a_follower_tells_what_is_new_changed_or_ended() -> None:
    """Somebody who watches would not hear that a deadline passed, or hear everything again."""
    (clock,) = breach_clocks(STREAM, fold_breach([aware(0, 3)]), hours(9), zone="Europe/Amsterdam")
    met = replace(clock, state="met")
    told: dict[tuple[Any, ...], str] = {}
    assert fresh_among([clock], [], told) == []
    assert fresh_among([clock], [clock], told) == [clock]
    assert fresh_among([clock], [clock], told) == []
    overdue = replace(clock, state="overdue")
    assert fresh_among([overdue], [overdue], told) == [overdue]
    assert fresh_among([met], [], told) == [met]  # it is shown no more, and was told before
    other = replace(met, rule_id="gdpr-34")
    assert fresh_among([met, other], [], told) == []
