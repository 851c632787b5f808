"""Options from environment variables: ``RECONCILER_PLAN_RATE=5`` means ``reconciler plan --rate 5``.

click would split a repeatable option at spaces, which customers' names have, and would ignore a variable that is
misspelt. Here each line is one value, and unknown variables are reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def variable_of(command: str, option: click.Option) -> str:
    """Return the name of the variable that sets an option of a command.

    >>> variable_of("plan", click.Option(["-f", "--file", "files"]))
    'RECONCILER_PLAN_FILE'
    """
    flag = max(option.opts, key=len).lstrip("-")
    return f"RECONCILER_{command}_{flag}".replace("-", "_").upper()


def defaults(command: click.Command, environ: Mapping[str, str]) -> dict[str, Any]:
    """Return what variables set of a command's options, as its ``default_map``; an empty variable sets nothing."""
    found: dict[str, Any] = {}
    for option in _options(command):
        value = environ.get(variable_of(command.name or "", option), "")
        if value.strip() and option.name:
            found[option.name] = [*filter(None, map(str.strip, value.splitlines()))] if option.multiple else value
    return found


def unknown(command: click.Command, environ: Mapping[str, str]) -> Iterator[str]:
    """Yield a warning for each variable that begins like those of the command, and is none of them."""
    name = command.name or ""
    known = [variable_of(name, option) for option in _options(command)]
    for each in sorted(environ):
        if each.startswith(f"RECONCILER_{name.upper()}_") and each not in known:
            yield f"{each} sets no option of 'reconciler {name}'; {did_you_mean(each, known, listed_as='variables')}"


def origin(error: click.ClickException) -> str:
    """Return ``" (from RECONCILER_…)"`` for an error about a value that a variable set, else nothing."""
    if not isinstance(error, click.BadParameter) or not isinstance(error.param, click.Option) or error.ctx is None:
        return ""
    context, option = error.ctx, error.param
    if context.get_parameter_source(option.name or "") is not click.core.ParameterSource.DEFAULT_MAP:
        return ""
    return f" (from {variable_of(context.command.name or '', option)})"


def _options(command: click.Command) -> list[click.Option]:
    """Return the options that such a variable can set.

    An option that names a variable of its own keeps that one, which may be known as a secret.
    """
    return [each for each in command.params if isinstance(each, click.Option) and not each.envvar]
