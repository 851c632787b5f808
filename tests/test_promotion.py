"""docs/promotion.md, command by command, from one sandbox to another."""

from __future__ import annotations

import re
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from exporting.second_tenant import picture
from support import preloaded
from support.needs import needs_git
from support.serving import Ran, served
from support.world import ROOT, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = (ROOT / "docs" / "promotion.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "examples" / "promotion"
OVERLAY = EXAMPLE / "environments" / "production" / "overrides.yaml"
SHELL = re.findall(r"```sh\n(.*?)\n```", PAGE)[0]
LEFT_OUT = "…"
ENVIRONMENTS = yaml.safe_load((EXAMPLE / "reconciler.yaml").read_text(encoding="utf-8"))["spec"]["environments"]
INVENTORY = "Instance/ftl-rockets-acme-inventory"
pytestmark = needs_git


@dataclass(frozen=True, slots=True)
class Step:
    """A command of the page, the tenant that it is for, and the lines that it shows."""

    tenant: str
    command: str
    shown: tuple[str, ...]


def steps(heading: str) -> list[Step]:
    """Return the commands under a heading of the page."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    found: list[Step] = []
    for line in "\n".join(re.findall(r"```console\n(.*?)```", section, re.DOTALL)).splitlines():
        typed = re.fullmatch(r"(staging|production)\$ (.+)", line)
        if typed:
            found.append(Step(typed[1], typed[2], ()))
        elif line:
            found[-1] = Step(found[-1].tenant, found[-1].command, (*found[-1].shown, line))
    return found


@dataclass(slots=True)
class Tenant:
    """One of the two: a sandbox behind a socket, and the secrets that its instances have."""

    name: str
    world: World
    url: str
    secrets: dict[str, str]


@dataclass(slots=True)
class Walk:
    """A repository to work in, and the two tenants."""

    folder: Path
    tenants: dict[str, Tenant]
    programs: Path
    told: list[str] = field(default_factory=list)

    def run(self, tenant: Tenant, command: str) -> Ran:
        """Type a command into the shell of a tenant."""
        ran = subprocess.run(
            ["bash", "-c", f"{SHELL}\n{command}"],
            env={"PATH": f"{self.programs}:/usr/bin:/bin", "HOME": str(self.programs), "TENANT": tenant.name},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        self.told.append(ran.stdout + ran.stderr)
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    def follow(self, heading: str) -> None:
        """Do all that the page says under a heading; each line that it shows is printed, in this order."""
        for step in steps(heading):
            tenant = self.tenants[step.tenant]
            ran = self.run(tenant, step.command)
            assert ran.code == 0, (step.command, ran)
            printed = iter(ran.out.replace(tenant.url, ENVIRONMENTS[tenant.name]["url"]).splitlines())
            missing = [line for line in step.shown if line != LEFT_OUT and line not in printed]
            assert not missing, (step.command, missing, ran.out)

    def text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")


def ids(manifest: str) -> dict[str, str]:
    """Return the IDs of a tenant that manifests name, by what they are of."""
    found = re.findall(r"(customerConfigVariableId|onPremiseResourceId): (\S+)", manifest)
    assert len(found) == 2
    return dict(found)


def manifests() -> str:
    """Return the manifests of the example, each of its own file."""
    files = [EXAMPLE / "team.yaml", *sorted((EXAMPLE / "customers").rglob("*.yaml"))]
    return "---\n".join(file.read_text(encoding="utf-8") for file in files)


@contextmanager
def tenant(name: str, organization: str, text: str) -> Iterator[Tenant]:
    """Serve a tenant that has a reusable connection and an agent, of the IDs that stand in ``text``."""
    user = {"user_email": "dana.okafor@example.com", "user_name": "Dana Okafor"}
    with World(organization=organization, refresh_token=f"{name}-token-of-its-own", **user) as world:
        named = ids(text)
        (scope,) = world.rows("scoped_config_variables", key="shared-warehouse")
        rows = {
            "customer_config_variables": (world.seed.customer_variable(scope["id"]), "customerConfigVariableId"),
            "on_premise_resources": (world.seed.on_premise_resource("Dye works"), "onPremiseResourceId"),
        }
        for table, (row, key) in rows.items():
            world.sandbox.store.update(table, row["id"], id=named[key])
        listed = re.findall(r"^(\w+)=$", (EXAMPLE / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
        with served(world.sandbox) as url:
            yield Tenant(name, world, url, {key: f"{name} {key.lower()}" for key in listed})


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walk]:
    """Staging as somebody clicked it together, production with one customer, and a repository that says which."""
    overlay = OVERLAY.read_text(encoding="utf-8")
    with tenant("staging", "Acme Staging", manifests()) as staging, tenant("production", "Acme", overlay) as production:
        folder, programs = tmp_path / "repository", tmp_path / "programs"
        for made in (folder, programs):
            made.mkdir()
        script = programs / "reconciler"
        script.write_text(preloaded.program(), encoding="utf-8")
        script.chmod(0o755)
        (programs / ".gitconfig").write_text("[user]\nname = Pat\nemail = pat@example.com\n", encoding="utf-8")
        project = (EXAMPLE / "reconciler.yaml").read_text(encoding="utf-8")
        for each in (staging, production):
            project = project.replace(ENVIRONMENTS[each.name]["url"], each.url)
            lines = {"PRISM_REFRESH_TOKEN": f"{each.name}-token-of-its-own", "PRISMATIC_URL": each.url, **each.secrets}
            text = "".join(f"{key}='{value}'\n" for key, value in lines.items())
            (folder / f"{each.name}.env").write_text(text, encoding="utf-8")
        (folder / "reconciler.yaml").write_text(project, encoding="utf-8")
        shutil.copy(EXAMPLE / ".gitignore", folder)
        done = staging.world.apply(manifests(), environ={**staging.world.environ, **staging.secrets})
        assert all(result.ok for result in done)
        production.world.seed.customer("FTL Rockets", externalId="abc-123")
        made = Walk(folder, {each.name: each for each in (staging, production)}, programs)
        assert made.run(staging, "git init -q -b main").code == 0
        yield made
        for each in (staging, production):
            for secret in (*each.secrets.values(), f"{each.name}-token-of-its-own"):
                assert secret not in "".join(made.told), "no output has a secret in it"
                committed = subprocess.run(
                    ["git", "log", "-p", "--all"], cwd=folder, capture_output=True, text=True, check=True
                ).stdout
                assert secret not in committed, "nor has a commit"


def promoted(walk: Walk) -> None:
    walk.follow("What staging runs, into git")
    (walk.folder / "environments").mkdir()
    shutil.copytree(EXAMPLE / "environments", walk.folder / "environments", dirs_exist_ok=True)
    walk.follow("The first promotion")


def test_production_equals_staging_except_for_the_overlay(walk: Walk) -> None:
    """Every command of the first promotion does what the page shows, and the tenants differ where the overlay says."""
    promoted(walk)
    for file in (*(EXAMPLE / "customers").rglob("*.yaml"), EXAMPLE / "team.yaml", EXAMPLE / ".env.example"):
        name = str(file.relative_to(EXAMPLE))
        assert walk.text(name) == file.read_text(encoding="utf-8"), f"the example's {name} is what is exported"
    staging, production = (each.world for each in walk.tenants.values())
    assert differences(staging, production) == {
        ("Customer", "FTL Rockets", "labels"): (["staging"], ["production"]),
        ("Customer", "Nordlys Textiles", "labels"): (["staging"], ["production"]),
        ("Instance", "FTL Rockets", "Acme Inventory", "Acme Inventory Endpoint"): (
            "https://staging.acme.example/api",
            "https://app.acme.example/api",
        ),
        ("Instance", "FTL Rockets", "Acme Inventory", "Acme Inventory User/Pass"): "other inputs",
        ("Instance", "FTL Rockets", "Colour Match", "A Connection"): "another connection",
        ("Instance", "Nordlys Textiles", "Dye House", "A Connection"): "other inputs, another agent",
    }
    secrets = {
        name: {each["name"]: each["value"] for each in yaml.safe_load(row["inputs"]) if each["value"]}
        for name, each in walk.tenants.items()
        for row in each.world.sandbox.store.rows("SELECT * FROM config_variables")
        if row["inputs"] and "username" in row["inputs"] and "password" in row["inputs"]
    }
    prefix = "FTL_ROCKETS_ACME_INVENTORY_USER_PASS"
    assert secrets == {
        name: {part: each.secrets[f"{prefix}_{part.upper()}"] for part in ("username", "password")}
        for name, each in walk.tenants.items()
    }
    labels = {row["name"]: row["labels"] for row in production.rows("customers", isSystem=0)}
    assert all("gitops:acme-integrations" in each for each in labels.values())


def differences(one: World, other: World) -> dict[tuple[str, ...], Any]:
    """Return what two tenants hold that is not the same: of config variables one by one."""
    first, second = picture(one), picture(other)
    assert first.keys() == second.keys()
    found: dict[tuple[str, ...], Any] = {}
    for key, fields in first.items():
        for name, value in fields.items():
            there = second[key][name]
            if name != "variables":
                if value != there:
                    found[*key, name] = (sorted(value), sorted(there))
                continue
            for variable, here in value.items():
                if here != there[variable]:
                    found[*key, variable] = told(here, there[variable])
    return found


def told(here: Any, there: Any) -> Any:
    """Say what is not the same about a value; of connections never the inputs themselves."""
    if not isinstance(here, tuple):
        return here, there
    words = ("other inputs", "another connection", "another agent")
    return ", ".join(word for word, left, right in zip(words, here, there, strict=True) if left != right)


def test_a_second_promotion_changes_only_what_changed_in_staging(walk: Walk) -> None:
    """A change in staging is a commit of one line, and a plan of production of one field."""
    promoted(walk)
    staging, production = (each.world for each in walk.tenants.values())
    edited = manifests().replace("Batch Size: 100", "Batch Size: 250")
    edited = edited.replace("https://staging.acme.example/api", "https://staging-2.acme.example/api")
    staging.apply(edited, environ={**staging.environ, **walk.tenants["staging"].secrets})
    production.forget()
    walk.follow("Every promotion after that")
    assert production.mutation_names() == ["updateInstanceConfigVariables", "deployInstance"]
    (updated, _) = production.mutations
    assert [each["key"] for each in updated.arguments["input"]["configVariables"]] == ["Batch Size"]
    stat = walk.run(walk.tenants["staging"], "git show --numstat --format=").out
    assert stat == "2\t2\tcustomers/ftl-rockets/acme-inventory.yaml\n", (
        "staging's own endpoint is in the commit as well"
    )
    assert "staging-2" not in str(picture(production))


@pytest.mark.full
def test_a_token_of_the_other_tenant_is_refused(walk: Walk) -> None:
    """In the wrong shell nothing happens to the other tenant."""
    promoted(walk)
    for world in (each.world for each in walk.tenants.values()):
        world.forget()
    ran = walk.run(walk.tenants["staging"], "reconciler apply -e production --auto-approve")
    assert ran.code == 1
    assert "the environment 'production' is" in ran.err
    assert [each.world.mutations for each in walk.tenants.values()] == [[], []]


@pytest.mark.full
def test_an_id_of_the_other_tenant_is_refused(walk: Walk) -> None:
    """Without its overlay an ID of staging's tenant is an error at its line in production, before anything is sent."""
    walk.follow("What staging runs, into git")
    project = re.sub(r"overlays: .*", "overlays: []", walk.text("reconciler.yaml"))
    (walk.folder / "reconciler.yaml").write_text(project, encoding="utf-8")
    ran = walk.run(walk.tenants["production"], "reconciler apply -e production --auto-approve")
    assert ran.code == 1
    assert ran.err.count(" has the ID ") == 2
    assert "2 problems." in ran.err


def test_the_page_shows_the_example() -> None:
    """Each manifest on the page is in the example: whole documents of it, or parts of them."""
    documents = [*yaml.safe_load_all(OVERLAY.read_text(encoding="utf-8"))]
    documents += yaml.safe_load_all((EXAMPLE / "reconciler.yaml").read_text(encoding="utf-8"))
    for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL):
        for shown in yaml.safe_load_all(block):
            assert any(shown.items() <= each.items() for each in documents), shown
