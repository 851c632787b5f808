"""Round trip: a plan of an export is empty, for any tenant."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path

from exporting.exported import Secrets, documents, export, ours
from exporting.second_tenant import picture
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.case import Case
from support.generate import cases
from support.world import World

from reconciler.exporting.outside import values_from
from reconciler.exporting.yaml_text import read_back
from reconciler.secrets.doubtful_text import is_blank_text


def left_to_do(world: World, folder: Path, **options: object) -> list[object]:
    return [(each.address, each.actions, each.fields, each.reason) for each in world.plan(folder, **options)]


@settings(max_examples=6)
@given(case=cases(), mode=st.sampled_from(["unmanaged", "reference"]))
def test_a_plan_of_an_export_is_empty(case: Case, mode: str) -> None:
    """Everything that is ours is exported, and planning it is empty: with the secrets given, kept, and left out."""
    with World() as world, tempfile.TemporaryDirectory() as name:
        case.furnish(world)
        folder = Path(name)
        exported = export(world, folder, secrets=mode)
        assert not exported.left_out
        said = Counter(
            (kind, document["spec"].get("email") or document["spec"]["name"])
            for address, document in documents(folder).items()
            for kind in (address.partition("/")[0],)
        )
        assert said == Counter(ours(world))
        assert not left_to_do(world, folder, keep_secrets=True)
        secrets = Secrets(world).collect(folder)
        # A write-only secret of nothing but blanks is live; from outside it is refused, and an export cannot see it.
        if not any(map(is_blank_text, secrets.values())):
            assert not left_to_do(world, folder, environ={**world.environ, **secrets})
        if mode == "unmanaged":
            assert not left_to_do(world, folder)
            assert not [
                each for file in folder.rglob("*.yaml") for each in values_from(read_back(file.read_text("utf-8")))
            ]
        assert not world.mutations


def values_alone(world: World) -> None:
    """Make every input of a connection a value with something to be seen in it.

    No manifest can say templates and values of blanks, so an export leaves them out.
    """
    for row in world.sandbox.store.rows("SELECT id, inputs FROM config_variables WHERE inputs IS NOT NULL"):
        inputs = [
            {**each, "type": "VALUE", "value": "seen" if text and is_blank_text(text) else text}
            for each in json.loads(row["inputs"])
            for text in [each["value"]]
        ]
        world.sandbox.store.execute(
            "UPDATE config_variables SET inputs = ? WHERE id = ?", (json.dumps(inputs), row["id"])
        )


@settings(max_examples=6)
@given(case=cases())
def test_an_export_makes_a_second_tenant_the_same(case: Case) -> None:
    """An export that is applied to another tenant gives it the same customers, users and configuration."""
    case.withdrawn = False
    with World() as world, World() as other, tempfile.TemporaryDirectory() as name:
        case.furnish(world)
        values_alone(world)
        Case().furnish(other)
        folder = Path(name)
        export(world, folder, secrets="reference")
        secrets = Secrets(world).collect(folder)
        # A secret of nothing but blanks is refused, wherever it is from.
        assume(not any(map(is_blank_text, secrets.values())))
        results = other.apply(folder, environ={**other.environ, **secrets})
        assert not [(each.change.address, each.messages) for each in results if not each.ok]
        assert picture(other) == picture(world)


@settings(max_examples=6)
@given(case=cases(), mode=st.sampled_from(["unmanaged", "reference"]))
def test_exporting_again_changes_no_file(case: Case, mode: str) -> None:
    """A second export of the same tenant finds everything as it is, and writes nothing."""
    with World() as world, tempfile.TemporaryDirectory() as name:
        case.furnish(world)
        folder = Path(name)
        first = export(world, folder, secrets=mode)
        again = export(world, folder, secrets=mode)
        assert (again.files, again.new, again.changed, again.kept, again.gone) == ([], {}, {}, [], [])
        assert again.unchanged == sum(map(len, first.new.values()))
