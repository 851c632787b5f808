"""The modules of ``kinds``: each takes part by being there."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

import reconciler.sandbox.resolvers.kinds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.sandbox.resolvers.answers import Answers, Section


@cache
def all_answers() -> Sequence[Answers]:
    """Return the ``ANSWERS`` of every module, in the order of the modules' names."""
    package = reconciler.sandbox.resolvers.kinds
    return [import_module(f"{package.__name__}.{found.name}").ANSWERS for found in iter_modules(package.__path__)]


def sections() -> Sequence[Section]:
    """Return the sections that modules add to world files, in the order in which items refer to each other."""
    found = [answers.section for answers in all_answers() if answers.section]
    return sorted(found, key=lambda section: section.level)
