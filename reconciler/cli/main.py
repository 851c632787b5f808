"""The entry point. It imports a command when it is called, and shows each error as one line."""

from __future__ import annotations

import errno
import gc
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

import click

from reconciler import __version__
from reconciler.cli.options import variables
from reconciler.cli.process import terminal
from reconciler.cli.process.mistakes import mistakes_shown_safely
from reconciler.cli.process.signals import heeded
from reconciler.cli.process.streams import kept
from reconciler.errors import GONE, ManifestErrors, PlanRefused, ReconcilerError, UsageError
from reconciler.secrets.pasted_tokens import without_tokens
from reconciler.text.escape import safe
from reconciler.text.plural import counted
from reconciler.text.suggest import Suggestions, did_you_mean

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from reconciler.cli.process.streams import Streams
    from reconciler.prismatic.http.stop import Stop

COMMANDS = {
    "validate": "Check the manifests offline.",
    "plan": "Show every change, and change nothing.",
    "apply": "Make the tenant match the manifests, and deploy.",
    "drift": "Report what differs from the manifests.",
    "watch": "Compare again and again, and heal what is declared so.",
    "verify": "Find out whether what is deployed works.",
    "get": "List objects, live and declared side by side, or runs.",
    "rollout": "Show how rollouts stand, or retry held members.",
    "doctor": "Find out what holds on a tenant, for a bug report.",
    "forget": "Release objects: take this project's labels off.",
    "init": "Write the tenant as a new repository.",
    "export": "Write the tenant as manifests.",
    "lock": 'Pin "latest", and show what a newer version changes.',
    "sandbox": "Serve a local API like Prismatic's, to try things out.",
    "demo": "Walk through all commands on a sandbox.",
    "schema": "Print the manifests' JSON Schema, for editors.",
    "completion": "Print the completion script of a shell.",
    "version": "Print the version.",
}
INTERRUPTED = 130
DIFFERENCES = 2
HELP = ["-h", "--help"]


class LazyGroup(click.Group):
    """A group that imports a command only when it is called, which keeps start-up fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"reconciler.cli.commands.{cmd_name}").command
        # click makes a command's help option once, by the first context that asks for it, whichever that is.
        command.context_settings["help_option_names"] = HELP
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the name of a command without importing any."""
        from click.shell_completion import CompletionItem

        names = [CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; the traceback of a mistake in reconciler shows no secret."""
        with mistakes_shown_safely(ctx):
            return super().invoke(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the command that a mistyped one may have meant; take its options from environment variables."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"no command is named {args[0]!r}; {did_you_mean(args[0], COMMANDS, listed_as='commands')}")
        name, command, rest = super().resolve_command(ctx, args)
        if command and name and not ctx.resilient_parsing:  # not while a shell completes
            ctx.default_map = {name: variables.defaults(command, os.environ)}
            for warning in variables.unknown(command, os.environ):
                terminal.say(f"warning: {safe(warning)}")
        return name, command, rest

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": HELP, "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="%(version)s", help="Print the version.")
def cli() -> None:
    """GitOps for Prismatic: customers, users and instances with their config variables, kept in git.

    Manifests in YAML declare what must exist. "plan" shows the changes, "apply" makes them and deploys, "drift"
    reports what differs later. Sign in with PRISM_ACCESS_TOKEN (prism me:token prints one) or with a profile of
    Prismatic's own command line tool.
    """


def main() -> NoReturn:
    """Run the command line. Failures end in a message; usage errors exit with 1, because 2 means differences."""
    with kept() as streams:
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure:
                reconfigure(errors="backslashreplace")
        with heeded() as stop:
            code = _honest(_run_until(stop), stop, streams)
    # The system frees the memory. Without this, Python searches everything that was read for circular garbage first,
    # which takes a tenth of a large plan.
    gc.freeze()
    sys.exit(code)


def _honest(code: int, stop: Stop, streams: Streams) -> int:
    """Return the exit code: that of a signal if one stopped the run, and 1 if results could not be printed.

    A reader that has left (head, less) is not reported as an error, unless the run changed something.
    """
    streams.flush()
    if stop.asked and code in {0, DIFFERENCES}:
        code = stop.exit_code
    lost = streams.lost_out
    if lost and (lost.errno != errno.EPIPE or stop.wrote):
        more = "; what was begun went on to its end" if stop.wrote and not stop.asked else ""
        terminal.say(f"error: not all results could be written to standard output: {lost.strerror}{more}")
        streams.flush()
    unseen = {0, DIFFERENCES} if lost else {0} if streams.lost_err else set()
    return 1 if code in unseen else code


def _run_until(stop: Stop) -> int:
    try:
        colour = True if terminal.forced(os.environ) else None
        code = cli.main(prog_name="reconciler", standalone_mode=False, obj=stop, color=colour)
    except (click.ClickException, click.Abort, KeyboardInterrupt, ReconcilerError, OSError) as error:
        return _exit_code_of(error)
    except Exception:
        if not stop.asked:
            raise
        # Python or a library turned the interruption into another error, as it does while a class is created.
        return _exit_code_of(stop.error())
    return code if isinstance(code, int) else 0


def _exit_code_of(error: BaseException) -> int:
    """Print what ended the run, and return its exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message())
        return 0
    if isinstance(error, click.ClickException):
        _show_usage_error(error)
        return 1
    if isinstance(error, ReconcilerError):
        _show(error)
        return error.exit_code
    if isinstance(error, OSError):
        terminal.say(f"error: {_reason(error)}")
        return 1
    click.echo("interrupted", err=True)
    return INTERRUPTED


def _reason(error: OSError) -> str:
    """Return why the system refused something, for errors that no command expected."""
    try:
        os.getcwd()  # noqa: PTH109 - only to learn whether the folder still exists
    except OSError:
        return GONE
    where = "" if error.filename is None else f"{safe(str(error.filename))}: "
    return f"{where}{error.strerror or safe(str(error))}"


def _show_usage_error(error: click.ClickException) -> None:
    context = getattr(error, "ctx", None)
    message = error.format_message().replace("\n\t", " ")  # click lists choices below each other
    if isinstance(error, click.NoSuchOption) and context is not None:
        message = _unknown_option(error.option_name, context)
    for line in without_tokens(message + variables.origin(error)).splitlines():
        terminal.say(f"error: {safe(line)}")
    if context is not None:
        click.echo(f"Try '{context.command_path} --help'.", err=True)


def _unknown_option(name: str, context: click.Context) -> str:
    """Return what is wrong with an option: who else has it, or which one may be meant, listed in the help or not."""
    from reconciler.cli.options.helping import names_of

    owners = [other for other in COMMANDS if (found := cli.get_command(context, other)) and name in names_of(found)]
    if owners:
        return f"'{context.command_path}' has no option {name!r}; it belongs to {', '.join(owners)}"
    known = [flag for flag in names_of(context.command) if flag.startswith("--")]
    meant = min((flag for flag in known if flag.startswith(name)), key=len, default=Suggestions(known).nearest(name))
    ending = f"; did you mean {meant!r}?" if meant else ""
    return f"'{context.command_path}' has no option {name!r}{ending}"


def _show(error: ReconcilerError) -> None:
    """Print an error; a problem with a place gets no prefix, because it begins with that place."""
    if not isinstance(error, (ManifestErrors, PlanRefused)):
        message = without_tokens(str(error)) if isinstance(error, UsageError) else str(error)
        for line in message.splitlines():
            terminal.say(f"error: {safe(line)}")
        if error.advice:
            terminal.say(error.advice)
        return
    for problem in error.problems:
        terminal.say(safe(str(problem)) if problem.place else f"error: {safe(str(problem))}")
    terminal.say(f"{counted(len(error.problems), 'problem')}. {error.advice}".rstrip())
