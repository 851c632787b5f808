"""Commands whose ``--help`` lists options in groups, and only those that mean something.

Their errors have the IDs of live objects only with ``-v``, as their reports do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from reconciler.errors import ManifestErrors, PlanRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

GROUPS: Mapping[str, Sequence[str]] = {
    "Manifests and their secrets": (
        "--file", "--environment", "--locked", "--allow-exec", "--without-secrets", "--keep-secrets",
        "--resend-secrets",
    ),
    "Which part of it": ("--target", "--customer", "--integration", "--label", "--shard"),
    "What may be deleted or taken over": (
        "--allow-delete", "--allow-delete-customers", "--allow-deletes", "--take-over",
    ),
    "The tenant": ("--profile", "--rate", "--batch-size", "--timeout"),
    "Output": ("--format", "--report", "--metrics", "--quiet", "--verbose", "--no-color"),
}  # fmt: skip
"""The groups that follow a command's own options, in the order of a help text."""
OWN = "Options"
_BETWEEN, _AT_LEAST = re.compile(r"([0-9.]+)<=x<=([0-9.]+)\]"), re.compile(r"x>=([0-9.]+)\]")
_ACTION = "reconciler.action"


def names_of(command: click.Command) -> set[str]:
    """Return the names of all options of a command, also of those that its help leaves out."""
    return {name for each in command.params if isinstance(each, click.Option) for name in each.opts}


class Command(click.Command):
    """A command whose help lists its own options first, and then in groups those that it shares with others.

    ``silent`` are options that the command takes, since pipelines share them among commands, and makes nothing of.
    """

    def __init__(self, *args: Any, silent: Sequence[str] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.silent = frozenset(silent)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; without ``-v``, take the IDs of live objects out of the problems that end it."""
        try:
            return super().invoke(ctx)
        except (ManifestErrors, PlanRefused) as error:
            if not ctx.params.get("verbose"):
                from reconciler.reports.shared.outcome import readable_problems

                error.problems = readable_problems(error.problems)
            raise

    def shown(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the parameters that the help lists."""
        return [each for each in self.get_params(ctx) if not self.silent.intersection(each.opts)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options by group."""
        for title, rows in _grouped(self.shown(ctx), ctx):
            with formatter.section(title):
                formatter.write_dl(rows)

    def every_group(self, ctx: click.Context) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Yield each group with its options and their texts, those of all actions."""
        return _grouped(Command.shown(self, ctx), ctx)


class Action:
    """One action of a command; ``silent`` are options that mean something for other actions alone."""

    def __init__(self, arguments: str, text: str, silent: Sequence[str]) -> None:
        self.arguments = arguments
        self.text = text
        self.silent = frozenset(silent)


class Actions(Command):
    """A command whose first argument says what to do. ``--help`` behind an action is that of the action alone.

    ``actions`` has for each action its arguments, its text, and the options that mean something for it alone.
    """

    def __init__(self, *args: Any, actions: Mapping[str, Action], **more: Any) -> None:
        super().__init__(*args, **more)
        self.actions = actions

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note the action before the options are looked at: ``--help`` ends the run as the first of all."""
        ctx.meta[_ACTION] = next((each for each in args if each in self.actions), None)
        return super().parse_args(ctx, args)

    def shown(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the options of the action, or without one those that all actions have."""
        asked = self._asked(ctx)
        hidden = [each.silent for name, each in self.actions.items() if asked in {None, name}]
        return [each for each in super().shown(ctx) if not any(names.intersection(each.opts) for names in hidden)]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a usage line for each action that is meant."""
        asked = self._asked(ctx)
        for name in self.actions if asked is None else [asked]:
            formatter.write_usage(ctx.command_path, f"{name} [OPTIONS] {self.actions[name].arguments}")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the text of the action, or that of the command."""
        asked = self._asked(ctx)
        if asked is None:
            super().format_help_text(ctx, formatter)
            return
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self.actions[asked].text)

    @staticmethod
    def _asked(ctx: click.Context) -> str | None:
        found: str | None = ctx.meta.get(_ACTION)
        return found


def _grouped(parameters: Sequence[click.Parameter], ctx: click.Context) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    options = (each for each in parameters if isinstance(each, click.Option))
    records = [(each, each.get_help_record(ctx)) for each in options]
    left = {max(each.opts, key=len): (record[0], _in_words(record[1])) for each, record in records if record}
    groups = {title: [left.pop(name) for name in names if name in left] for title, names in GROUPS.items()}
    for title, rows in {OWN: list(left.values()), **groups}.items():
        if rows:
            yield title, rows


def _in_words(text: str) -> str:
    """Return the text of an option with the limits of a number as a sentence has them.

    >>> _in_words("The port.  [default: 8765; 0<=x<=65535]"), _in_words("Up to N objects.  [x>=0]")
    ('The port.  [default: 8765; 0 to 65535]', 'Up to N objects.  [0 or more]')
    """
    return _AT_LEAST.sub(r"\1 or more]", _BETWEEN.sub(r"\1 to \2]", text))
