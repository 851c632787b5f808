"""A sandbox and the product in one process: manifests in, plans and results out, no socket in between."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import fields
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from reconciler.manifests.result import ManifestOptions
from reconciler.options import ConnectionOptions, Options, PlanOptions, RolloutOptions
from reconciler.planning.plan_file import load_plan
from reconciler.sandbox.app import Sandbox
from reconciler.sandbox.data.settings import Settings
from reconciler.sandbox.data.variants import Variants
from reconciler.workflow.applying import apply_plan
from reconciler.workflow.planning import make_plan
from reconciler.workflow.saved_plans import check_plan, options_of_saved
from reconciler.workflow.session import connect
from reconciler.workflow.validating import validate_for_tenant
from support.recording import RECORDER, Recording

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.applying.results import Result
    from reconciler.planning.plan import Plan
    from reconciler.receipts.receipt import Receipt
    from reconciler.sandbox.data.audit import Entry
    from reconciler.workflow.session import Session

ROOT = Path(__file__).resolve().parents[2]
INTEGRATIONS = ROOT / "examples" / "integrations"


class World:
    """One tenant with the example integrations, and the workflow to use on it; a context manager.

    ``manifests`` are given as YAML text, or as the path of a file or folder.
    """

    def __init__(self, variants: Variants | None = None, **settings: Any) -> None:
        settings = {"integrations": (INTEGRATIONS,), "variants": variants or Variants(), **settings}
        self.sandbox = Sandbox(Settings(**settings))
        self.seed = self.sandbox.seed
        self.environ = {"PRISMATIC_URL": "http://127.0.0.1:8765", "PRISM_ACCESS_TOKEN": self.sandbox.settings.token}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.sandbox.close()

    def options(self, manifests: str | Path, **more: Any) -> Options:
        """Return the workflow's options; requests go quickly, since nobody else is waiting.

        ``more`` are fields of ``Options``, or of one of its parts.
        """
        source: dict[str, Any] = (
            {"files": (str(manifests),)}
            if isinstance(manifests, Path)
            else {"files": ("-",), "stdin": StringIO(manifests)}
        )
        transport = Recording(self.sandbox, RECORDER)
        more = {"environ": self.environ, "transport": transport, "rate": 1000.0, **source, **more}
        parts = {
            "manifests": ManifestOptions,
            "connection": ConnectionOptions,
            "plan": PlanOptions,
            "rollout": RolloutOptions,
        }
        made: dict[str, Any] = {}
        for name, part in parts.items():
            made[name] = part(**{each.name: more.pop(each.name) for each in fields(part) if each.name in more})
        return Options(**made, **more)

    @contextmanager
    def session(self, manifests: str | Path, receipt: Receipt | None = None, **more: Any) -> Iterator[Session]:
        """Validate the manifests and connect; ``receipt`` is what an apply recorded before."""
        options = self.options(manifests, **more)
        with connect(options, validate_for_tenant(options)) as session:
            yield session.remembering(receipt)

    def plan(self, manifests: str | Path, **more: Any) -> Plan:
        with self.session(manifests, **more) as session:
            return make_plan(session)

    def apply(self, manifests: str | Path, **more: Any) -> Sequence[Result]:
        """Plan and apply; return the results."""
        return self.apply_with_plan(manifests, **more)[1]

    def apply_with_plan(self, manifests: str | Path, **more: Any) -> tuple[Plan, Sequence[Result]]:
        with self.session(manifests, **more) as session:
            plan = make_plan(session)
            return plan, apply_plan(session, plan)

    def apply_saved(self, saved: Path, **more: Any) -> tuple[Plan, Sequence[Result]]:
        """Apply a saved plan as the command does; return the plan it was found to be, and the results."""
        document = load_plan(saved)
        options = options_of_saved(self.options(Path(), **{"files": (), **more}), document)
        with connect(options, validate_for_tenant(options)) as session:
            plan = check_plan(session, document)
            return plan, apply_plan(session, plan)

    @property
    def mutations(self) -> list[Entry]:
        """What was written so far, in order."""
        return self.sandbox.log.mutations

    def mutation_names(self) -> list[str]:
        return [entry.field for entry in self.mutations]

    def forget(self) -> None:
        """Empty the record of what was asked."""
        self.sandbox.log.clear()

    def rows(self, table: str, **where: Any) -> list[dict[str, Any]]:
        """Return what the tenant holds, straight from its store."""
        return [dict(row) for row in self.sandbox.store.where(table, **where)]
