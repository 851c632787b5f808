"""``reconciler completion``: the script that completes commands and options in a shell."""

from __future__ import annotations

from dataclasses import dataclass

import click
from click.shell_completion import get_completion_class

from reconciler.cli.options.forms import takes
from reconciler.cli.options.helping import Command

VARIABLE = "_RECONCILER_COMPLETE"
"""By it the script asks ``reconciler`` for completions. click makes the name from the program's."""
SHELLS = ("bash", "zsh", "fish")


@dataclass(frozen=True, slots=True)
class CompletionArguments:
    shell: str


@click.command("completion", cls=Command)
@click.argument("shell", type=click.Choice(SHELLS))
@takes(CompletionArguments)
def command(asked: CompletionArguments) -> int:
    r"""Print the script that completes commands and options in a shell.

    \b
    bash: reconciler completion bash > ~/.local/share/bash-completion/completions/reconciler
    zsh:  reconciler completion zsh > ~/.zfunc/_reconciler  (a folder of fpath)
    fish: reconciler completion fish > ~/.config/fish/completions/reconciler.fish
    """
    shell = get_completion_class(asked.shell)
    if shell is None:
        raise TypeError(f"click completes no {asked.shell}")
    made = shell(click.get_current_context().find_root().command, {}, "reconciler", VARIABLE)
    # Without ``source()``: it runs bash to look at its version, which says nothing of the shell that takes the script.
    click.echo(made.source_template % made.source_vars())
    return 0
