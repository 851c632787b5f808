"""The variables by which the script of a shell asks for completions."""

ASKS = "_RECONCILER_COMPLETE"
"""What the script asks for, such as ``bash_complete``. click makes the name from the program's."""
QUOTES = "_RECONCILER_QUOTES"
"""Set by the script of bash that puts candidates in quotes. One of an earlier release does not."""
