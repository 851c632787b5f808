"""``reconciler completion``: the script that completes commands and options in a shell."""

from __future__ import annotations

from dataclasses import dataclass

import click
from click.shell_completion import get_completion_class

from reconciler.cli.options.forms import takes
from reconciler.cli.options.helping import Command
from reconciler.cli.options.shell_variables import ASKS, QUOTES

SHELLS = ("bash", "zsh", "fish")
_BASH = r"""
%(complete_func)s() {
    local response completion value word="${COMP_WORDS[COMP_CWORD]}"
    response=$(env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD \
        %(quotes)s=1 %(complete_var)s=bash_complete "$1")
    # A candidate is a name from a manifest: bash must neither split it nor carry out what is in it.
    while IFS= read -r completion; do
        value=${completion#*,}
        case ${completion%%%%,*} in
            dir) COMPREPLY=(); compopt -o dirnames ;;
            file) COMPREPLY=(); compopt -o default ;;
            plain)
                case $word in
                    \'*) [[ $value == *[\'!]* ]] || COMPREPLY+=("$value") ;;
                    \"*) [[ $value == *[\"\$\`\\!]* ]] || COMPREPLY+=("$value") ;;
                    *) COMPREPLY+=("$(printf %%q "$value")") ;;
                esac ;;
        esac
    done <<< "$response"
}
complete -o nosort -F %(complete_func)s reconciler
"""
"""As click's script for bash, which splits candidates and takes them for patterns of files."""


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
    made = shell(click.get_current_context().find_root().command, {}, "reconciler", ASKS)
    # Without ``source()``: it runs bash to look at its version, which says nothing of the shell that takes the script.
    template = _BASH.lstrip() if asked.shell == "bash" else made.source_template
    click.echo(template % {**made.source_vars(), "quotes": QUOTES})
    return 0
