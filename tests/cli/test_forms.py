"""Typed options: every option of a command reaches the field of its name."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from inspect import getclosurevars
from typing import TYPE_CHECKING, Any

import click
import pytest

from reconciler.cli.main import COMMANDS, cli
from reconciler.cli.options.forms import fill, takes

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Group:
    """Options that several commands share."""

    rate: float = 15.0
    profile: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """The options of one command."""

    name: str
    group: Group = field(default_factory=Group)
    tags: list[str] = field(default_factory=list)


def test_a_value_goes_into_the_field_of_its_name() -> None:
    """Values fill fields and groups of fields; a field without a value keeps its default."""
    assert fill(Form, {"name": "a", "rate": 2.0}) == Form("a", Group(2.0), [])


def test_an_option_without_a_field_is_a_mistake_in_the_command() -> None:
    """An option that no field takes would be ignored without a word, so it is an error."""
    command = takes(Form)(lambda form: len(form.name))
    assert command(name="abc") == 3
    with pytest.raises(TypeError, match="Form has no field for colour, size"):
        command(name="abc", size=1, colour="red")


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in {"demo", "version"}])
def test_every_option_of_a_command_has_a_field(name: str) -> None:
    """No option of the command line is lost on its way."""
    command = cli.get_command(click.Context(cli), name)
    assert command
    form = getclosurevars(command.callback).nonlocals["form"]
    assert {each.name for each in command.params if each.expose_value} <= set(names(form))


def names(form: Any) -> Iterator[str]:
    for each in fields(form):
        group: Any = each.default_factory
        yield from names(group) if isinstance(group, type) and is_dataclass(group) else (each.name,)
