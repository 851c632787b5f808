"""What the tests draw by chance is the same in every run."""

from __future__ import annotations

from hypothesis.internal.conjecture.providers import HypothesisProvider


def test_draws_do_not_depend_on_the_modules_that_are_loaded() -> None:
    """Hypothesis knows nothing of the source: which modules are loaded differs from process to process."""
    assert len(HypothesisProvider(None)._local_constants) == 0
