"""By what chance the tests draw: the same in every run, unless ``TEST_SEED`` names another number."""

from __future__ import annotations

import os
import random

from hypothesis.internal.conjecture import providers

VARIABLE = "TEST_SEED"
USUAL = 1


def chosen() -> int | None:
    """Return the seed that this run was asked for, ``None`` for the usual one."""
    text = os.environ.get(VARIABLE)
    return int(text) if text else None


def seed() -> int:
    """Return the seed of this run; what is drawn by it prints it."""
    found = chosen()
    return USUAL if found is None else found


def chance(purpose: str) -> random.Random:
    """Return the chance that one purpose draws by, whatever else is drawn."""
    return random.Random(f"{seed()} {purpose}")  # noqa: S311 - to be had again, not to be secret


def draw_nothing_from_the_source() -> None:
    """Keep hypothesis from drawing the texts and numbers in the source of the modules that are loaded.

    Which these are depends on the tests that the process ran before, so the same test would draw other values.
    """
    nothing = providers.Constants()
    providers._get_local_constants = lambda: nothing
