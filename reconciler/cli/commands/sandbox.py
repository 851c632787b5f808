"""``reconciler sandbox``."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from reconciler.cli.options.forms import takes
from reconciler.cli.options.helping import Command
from reconciler.cli.options.values import Finite, Whole
from reconciler.cli.process.terminal import say, width_of
from reconciler.errors import UsageError
from reconciler.sandbox.data.settings import Settings
from reconciler.sandbox.data.variants import Variants
from reconciler.sandbox.faults.fault import KINDS, OPTIONS
from reconciler.sandbox.faults.specs import fault_of
from reconciler.text.table import table
from reconciler.writing.output import Output


@dataclass(frozen=True, slots=True)
class SandboxArguments:
    port: int
    certificate: Path | None = None
    chosen: tuple[str, ...] = ()
    """The variants, as they are written."""
    list_variants: bool = False
    list_faults: bool = False
    settings: Settings = field(default_factory=Settings)


@click.command("sandbox", cls=Command)
@click.option("--port", type=Whole(0, 65535), default=8765, show_default=True, help="The port; 0 takes any free one.")
@click.option(
    "--world", type=click.Path(path_type=Path, dir_okay=False),
    help="Start with the integrations, customers, users and instances that this file lists.",
)  # fmt: skip
@click.option(
    "--from-export", "manifests", type=click.Path(path_type=Path, file_okay=False),
    help="Start with what the manifests in this folder declare, such as exported ones.",
)  # fmt: skip
@click.option("--state", type=click.Path(path_type=Path, dir_okay=False), help="Keep the tenant in this file.")
@click.option(
    "--integrations", multiple=True, type=click.Path(path_type=Path, exists=True),
    help="Import these integration definitions (Prismatic's YAML): a folder or a file. Repeatable.",
)  # fmt: skip
@click.option("--token", default="sandbox", show_default=True, help="The access token to accept.")
@click.option(
    "--certificate", type=click.Path(path_type=Path, dir_okay=False),
    help="Speak HTTPS, with the certificate and the private key in this PEM file.",
)  # fmt: skip
@click.option(
    "--variant", "chosen", multiple=True, metavar="NAME=VALUE",
    help="Choose one answer to an unknown of the API. Repeatable.",
)  # fmt: skip
@click.option("--list-variants", is_flag=True, help="Print the variants, their values and what each decides.")
@click.option(
    "--fault", "faults", multiple=True, metavar="SPEC",
    help="Misbehave: a fault, and after a colon its options, such as error:every=9,status=502. Repeatable.",
)  # fmt: skip
@click.option("--list-faults", is_flag=True, help="Print the faults and their options.")
@click.option(
    "--without", multiple=True, metavar="TYPE.FIELD",
    help="Lack a part of the schema, such as Customer.labels. Repeatable.",
)  # fmt: skip
@click.option("--no-introspection", "introspection", flag_value=False, default=True, help="Refuse introspection.")
@click.option("--latency", type=Finite(0, 600), default=0.0, metavar="SECONDS", help="Delay each answer.")
@click.option("--rate", type=Whole(1), metavar="N", help="Throttle requests beyond N in any one second.")
@click.option("--seed", type=int, metavar="N", help="Give the same IDs, and the same random faults, in every run.")
@click.option(
    "--log", type=click.Path(path_type=Path, dir_okay=False),
    help="Append each operation to this file: a line of JSON with its arguments, its result and its time.",
)  # fmt: skip
@takes(SandboxArguments)
def command(asked: SandboxArguments) -> int:
    """Serve a local API like Prismatic's, on loopback only, until it is stopped.

    It prints two lines to paste into a shell: PRISMATIC_URL and PRISM_ACCESS_TOKEN.
    """
    try:
        from reconciler.sandbox.server import serve
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the sandbox needs {error.name}, which is not installed: pip install 'prismatic-reconciler[sandbox]'"
        ) from None
    if asked.list_variants or asked.list_faults:
        click.echo(_variants() if asked.list_variants else _faults())
        return 0
    settings = _settings(asked)
    _check_schema(settings)
    for option, path in (("--state", settings.state), ("--log", settings.log)):
        if path:
            Output(f"{option} {path}", path).resolved()
    _warn_of_ignored_options(settings)
    return serve(settings, asked.port, certificate=asked.certificate)


def _warn_of_ignored_options(settings: Settings) -> None:
    """Warn if a state file exists, so that the options for a new tenant are ignored."""
    beginnings = (("--world", settings.world), ("--from-export", settings.manifests))
    options = [option for option, path in beginnings if path]
    state = settings.state
    if options and state and state.exists() and state.stat().st_size:
        verb = "is" if len(options) == 1 else "are"
        say(f"{state} exists, so {' and '.join(options)} {verb} ignored.")


def _settings(asked: SandboxArguments) -> Settings:
    """Return the settings with their variants; raises ``UsageError`` for an unknown variant or fault."""
    try:
        variants = Variants.parse(asked.chosen)
    except ValueError as error:
        raise click.UsageError(f"--variant: {error}") from None
    try:
        for spec in asked.settings.faults:
            fault_of(spec, {})
    except ValueError as error:
        raise click.UsageError(f"--fault: {error}") from None
    # click gives None for a rate that is left out.
    return replace(asked.settings, variants=variants, rate=asked.settings.rate or 0)


def _check_schema(settings: Settings) -> None:
    """Raise ``UsageError`` for a name in ``without`` that the schema does not have."""
    from reconciler.sandbox.resolvers.schema import executable_schema

    try:
        executable_schema(settings.without)
    except ValueError as error:
        raise click.UsageError(f"--without: {error}") from None


def _variants() -> str:
    """Return a table of the variants, one a line: the name, the values with the default first, what it decides."""
    meanings = Variants.meanings()
    rows = [(name, ", ".join(values), meanings[name]) for name, values in Variants.choices().items()]
    head, lines = table(("VARIANT", "VALUES, DEFAULT FIRST", "WHAT IT DECIDES"), rows, width_of(sys.stdout))
    return "\n".join([head, *lines])


def _faults() -> str:
    """Return a table of the faults, and one of their options."""
    width = width_of(sys.stdout)
    head, faults = table(("FAULT", "WHAT HAPPENS"), [*KINDS.items()], width)
    option_head, options = table(("OPTION", "WHAT IT DOES"), [*OPTIONS.items()], width)
    return "\n".join([head, *faults, "", option_head, *options])
