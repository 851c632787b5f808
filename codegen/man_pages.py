"""The man pages, from the commands and their help: one for the program and one for each command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from reconciler import __version__
from reconciler.cli.main import COMMANDS, cli
from reconciler.cli.options.helping import OWN, Actions, Command
from reconciler.cli.options.variables import variable_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NAME = "reconciler"
EXITS = (
    ("0", "Done. For drift and plan --detailed-exitcode: no differences."),
    ("1", "An error, also a command line that cannot be run. For apply also: something failed or did not converge."),
    (
        "2",
        "For drift and plan --detailed-exitcode: differences. For verify: not healthy. For rollout: under way.",
    ),
)
SIGNED_IN = (
    ("PRISM_ACCESS_TOKEN", "The token to sign in with; prism me:token prints one."),
    ("PRISMATIC_URL", "The address of the tenant."),
    ("NO_COLOR", "If it is set, nothing is coloured; wins over FORCE_COLOR."),
    ("FORCE_COLOR", "If it is set, and not to 0, output is coloured also where no terminal shows it."),
)


def man_pages() -> dict[str, str]:
    """Return every page by the name of its file."""
    root = click.Context(cli, info_name=NAME, terminal_width=80)
    pages = {f"{NAME}.1": _page(NAME, _summary(cli.help or ""), _program(root))}
    for name, summary in COMMANDS.items():
        command = cli.get_command(root, name)
        if command is None:
            raise LookupError(name)
        pages[f"{NAME}-{name}.1"] = _page(f"{NAME}-{name}", summary, _command(command, root))
    return pages


def _page(name: str, summary: str, parts: Iterator[str]) -> str:
    # Without a date: a page is the same whenever it is made.
    head = f'.TH "{name.upper()}" "1" "" "{NAME} {__version__}" "{NAME}"\n.ad l\n.nh'
    title = f".SH NAME\n{_escaped(name)} \\- {_escaped(summary.removesuffix('.'))}"
    return "\n".join([head, title, *parts, ""])


def _program(root: click.Context) -> Iterator[str]:
    yield f".SH SYNOPSIS\n\\fB{NAME}\\fP [OPTIONS] COMMAND [ARGS...]"
    yield f".SH DESCRIPTION\n{_paragraphs(cli.help or '')}"
    yield from _listed("OPTIONS", [each.get_help_record(root) for each in cli.get_params(root)])
    yield ".SH COMMANDS"
    for name, summary in COMMANDS.items():
        yield f".TP\n\\fB{_escaped(f'{NAME}-{name}')}\\fP(1)\n{_escaped(summary)}"
    yield ".SH ENVIRONMENT"
    yield from (f".TP\n\\fB{name}\\fP\n{_escaped(text)}" for name, text in SIGNED_IN)
    yield ".TP\n\\fBRECONCILER_\\fP\\fICOMMAND\\fP_\\fIOPTION\\fP\nThe value of an option that the command line lacks."
    yield ".SH EXIT STATUS"
    yield from (f".TP\n{code}\n{_escaped(text)}" for code, text in EXITS)


def _command(command: click.Command, root: click.Context) -> Iterator[str]:
    name = command.name or ""
    context = click.Context(command, info_name=name, parent=root, terminal_width=80, help_option_names=["-h", "--help"])
    yield ".SH SYNOPSIS"
    if isinstance(command, Actions):
        lines = [f"{action} [OPTIONS] {each.arguments}" for action, each in command.actions.items()]
    else:
        lines = [" ".join(command.collect_usage_pieces(context))]
    yield "\n.br\n".join(f"\\fB{_escaped(f'{NAME} {name}')}\\fP {_escaped(line)}" for line in lines)
    yield f".SH DESCRIPTION\n{_paragraphs(command.help or '')}"
    if isinstance(command, Actions):
        yield from (f".TP\n\\fB{action}\\fP\n{_escaped(each.text)}" for action, each in command.actions.items())
    if isinstance(command, Command):
        for title, rows in command.every_group(context):
            yield from _listed(title if title != OWN else "OPTIONS", rows)
    options = [each for each in command.params if isinstance(each, click.Option) and not each.envvar]
    if options:
        shown = variable_of(name, max(options, key=lambda option: "--file" in option.opts))
        yield f".SH ENVIRONMENT\nEach option can be set by a variable, such as \\fB{_escaped(shown)}\\fP."
    yield f".SH SEE ALSO\n\\fB{NAME}\\fP(1)"


def _listed(title: str, rows: Sequence[tuple[str, str] | None]) -> Iterator[str]:
    yield f".SH {_escaped(title.upper())}"
    yield from (f".TP\n\\fB{_escaped(row[0])}\\fP\n{_escaped(row[1])}" for row in rows if row)


def _summary(text: str) -> str:
    return " ".join(text.partition("\n\n")[0].split())


def _paragraphs(text: str) -> str:
    r"""Return paragraphs as roff; after a line with only ``\b`` the lines of a paragraph stay as they are."""
    found = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        if paragraph.startswith("\b"):
            lines = "\n".join(map(_escaped, paragraph.split("\n")[1:]))
            found.append(f".nf\n{lines}\n.fi")
        else:
            found.append(_escaped(" ".join(paragraph.split())))
    return "\n.PP\n".join(found)


def _escaped(text: str) -> str:
    r"""Return a text in which nothing is an instruction of roff.

    >>> _escaped("'a.*' and --out")
    "\\&'a.*' and \\-\\-out"
    """
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped[:1] in {".", "'"} else escaped
