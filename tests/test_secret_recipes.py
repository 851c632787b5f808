"""The recipes of docs/secrets.md are valid and get the secret from each program.

The programs stand-ins here take the command lines that the real ones do, as far as the recipes use them, and refuse all
else: a recipe with an option that does not exist, or in another place, fails.
"""

from __future__ import annotations

import re
import stat
import sys
from typing import TYPE_CHECKING

import pytest
import yaml
from support.world import ROOT

from reconciler.manifests.result import ManifestOptions
from reconciler.options import Options
from reconciler.secrets.secret import reveal
from reconciler.workflow.validating import validate

if TYPE_CHECKING:
    from pathlib import Path

TEXT = (ROOT / "docs" / "secrets.md").read_text(encoding="utf-8")
RECIPES = [
    yaml.safe_load(line)["password"]
    for block in re.findall(r"```yaml\n(.*?)```", TEXT.partition("## Recipes")[2].partition("\n## ")[0], re.DOTALL)
    for line in block.splitlines()
]
SECRET = "secret-of-the-recipe"
PROGRAMS = {
    "sops": """
command, *rest = args
assert command == "decrypt"
if rest[0] == "--extract":
    assert rest[1] == '["acme"]["password"]'
    rest = rest[2:]
(file,) = rest
assert open(file).read() == "encrypted"
print("SECRET", end="")
""",
    "op": """
command, *rest = args
assert command == "read"
newline = "--no-newline" not in rest and "-n" not in rest
(reference,) = [each for each in rest if not each.startswith("-")]
assert reference.startswith("op://") and reference.count("/") == 4
print("SECRET", end="\\n" if newline else "")
""",
    "vault": """
assert args[:2] == ["kv", "get"]
flags = dict(each[1:].split("=") for each in args[2:-1])
assert flags == {"mount": "secret", "field": "password"} and args[-1] == "acme"
print("SECRET")
""",
    "aws": """
service, operation, *rest = args
named = {"secretsmanager": ("get-secret-value", "--secret-id", "SecretString"),
         "ssm": ("get-parameter", "--name", "Parameter.Value")}
expected, identifier, query = named[service]
assert operation == expected
if service == "ssm":
    rest.remove("--with-decryption")
options = dict(zip(rest[::2], rest[1::2], strict=True))
assert options == {identifier: options[identifier], "--query": query, "--output": "text"}
print("SECRET")
""",
}
MANIFEST = """
apiVersion: reconciler/v1
kind: Instance
metadata: {name: inventory}
spec:
  customer: {name: Acme}
  name: Inventory
  integration: {name: Acme Inventory, version: 2}
  configVariables: {Acme Inventory User/Pass: {inputs: {username: acme, password: PASSWORD}}}
"""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with a stand-in for each program that a recipe runs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, script in PROGRAMS.items():
        path = folder / name
        text = f"#!{sys.executable}\nimport sys\nargs = sys.argv[1:]\n{script.replace('SECRET', SECRET)}"
        path.write_text(text.replace(f'"{SECRET}String"', '"SecretString"'), encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return folder


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_a_recipe_gives_the_secret(
    recipe: dict[str, dict[str, object]], programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put into a manifest, each recipe is valid, runs its program in the manifests' root, and gives the secret."""
    tree = tmp_path / "tree"
    (tree / "secrets").mkdir(parents=True)
    (tree / "secrets" / "production.enc.yaml").write_text("encrypted")
    (tree / "manifests").mkdir()
    shown = yaml.safe_dump(recipe, default_flow_style=True, width=1000).strip()
    (tree / "manifests" / "all.yaml").write_text(MANIFEST.replace("PASSWORD", shown))
    (tree / "reconciler.yaml").write_text(
        "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: acme}\nspec: {manifests: [manifests]}\n"
    )
    path = f"{programs}:/usr/bin:/bin"
    monkeypatch.setenv("PATH", path)
    options = Options(ManifestOptions(cwd=tree, allow_exec=True, environ={"ACME_PASSWORD": SECRET, "PATH": path}))
    (instance,) = validate(options).resources
    inputs = reveal(instance.spec["configVariables"])["Acme Inventory User/Pass"]["inputs"]
    assert inputs == {"username": "acme", "password": SECRET}


def test_every_program_has_its_recipe() -> None:
    """There are recipes for each of the stores, and a stand-in for each program that they run."""
    run = {recipe["valueFrom"]["exec"][0] for recipe in RECIPES if "exec" in recipe["valueFrom"]}
    assert run == set(PROGRAMS)
    assert {"env": "ACME_PASSWORD"} in [recipe["valueFrom"] for recipe in RECIPES]
    for store in ("SOPS", "1Password", "Vault", "AWS", "GitHub", "GitLab"):
        assert f"**{store}" in TEXT or f" {store}**" in TEXT
