"""Mutated manifests, through validate and plan, end in our own errors."""

from __future__ import annotations

import resource
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from fuzz.mutation import CANARY, mangled, mutated
from fuzz.running import options_of, planned
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from support.matrix import due
from support.world import ROOT, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

SHARDS, EACH, SAMPLE = 10, 1_000, 150
CORPUS = Path(__file__).parent / "corpus"
GROWTH = 600 * 1024
"""KiB that a process may take more than at the start, after a thousand of them."""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """A tenant with something in it, that only plans are made of."""
    with World() as world:
        world.environ |= {"CANARY": CANARY, "KEY": CANARY, "WORD": CANARY}
        owner = world.seed.customer("FTL Rockets", externalId="abc-123")
        world.seed.user("lisa@ftl.example", customer=owner["id"])
        version = world.seed.version("Every Data Type")["id"]
        world.seed.instance("Types", customer=owner["id"], integration=version)
        yield world


def documents(text: str) -> list[Any]:
    try:
        return [document for document in yaml.safe_load_all(text) if isinstance(document, dict)]
    except yaml.YAMLError:
        return []


@cache
def sources() -> list[list[Any]]:
    """Return the documents of each file that is mutated: the examples, and the manifests of the plans' cases."""
    examples = sorted((ROOT / "examples" / "manifests").rglob("*.yaml"))
    cases = sorted((ROOT / "tests" / "planning" / "cases").glob("*.yaml"))
    texts = [path.read_text(encoding="utf-8") for path in examples]
    texts += [yaml.safe_load(path.read_text(encoding="utf-8"))["manifests"] for path in cases]
    return [found for found in map(documents, texts) if found]


def made(random: Random) -> str:
    """Return manifests that are right but for a few places: of their data, of their text, or of both."""
    data = random.choice(sources())
    if random.random() < 0.8:
        data = mutated(data, random, random.choice((1, 1, 3)))
    if not isinstance(data, list):
        data = [data]
    style = {"default_flow_style": random.choice((None, True, False)), "allow_unicode": random.random() < 0.5}
    text = yaml.safe_dump_all(data, **style, sort_keys=random.random() < 0.2)
    return mangled(text, random) if random.random() < 0.2 else text


def fuzz(world: World, examples: int, number: int) -> Counter[str]:
    """Plan so many made-up manifests; return how many came to what."""
    came: Counter[str] = Counter()

    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 2**63))
    def run(drawn: int) -> None:
        from random import Random

        text = made(Random(drawn))  # noqa: S311 - nothing secret is drawn
        try:
            came[planned(options_of(world, text))] += 1
        except BaseException:
            sys.stdout.write(f"--- seed {drawn}\n{text}\n---\n")
            raise

    run()
    return came


def resident() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_mutated_manifests_end_in_our_errors(world: World) -> None:
    """Some of the ten thousand: each is planned, or refused with our own errors, in time and without a secret in it."""
    came = fuzz(world, SAMPLE, 0)
    assert sum(came.values()) >= SAMPLE
    assert set(came) == {"planned", "refused", "invalid"}


@pytest.mark.full
@pytest.mark.parametrize("shard", due(2, range(1, SHARDS + 1)))
def test_ten_thousand_mutated_manifests_end_in_our_errors(shard: int, world: World) -> None:
    """All of them, a thousand a time, of which a long run has half; memory does not grow with their number."""
    before = resident()
    came = fuzz(world, EACH, shard)
    sys.stdout.write(
        f"manifests fuzzed: {sum(came.values())}: {dict(came)}; grown by {(resident() - before) // 1024} MiB\n"
    )
    assert sum(came.values()) >= EACH
    assert resident() - before < GROWTH


@pytest.mark.parametrize("path", sorted(CORPUS.glob("manifest-*.yaml")), ids=lambda path: path.stem)
def test_former_failures_end_in_our_errors(path: Path, world: World) -> None:
    """Manifests that once ended in a traceback, or worse, end in words."""
    planned(options_of(world, path.read_bytes().decode("utf-8", "surrogateescape")))
