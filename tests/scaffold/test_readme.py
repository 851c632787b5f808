"""``README.md`` of a new repository: right for each forge, with names escaped."""

from __future__ import annotations

import re
from dataclasses import replace

import click
import pytest
from reports.gfm import acting as markdown_acting
from reports.gfm import rendered
from support.hostile import HOSTILE, acting

from reconciler.cli.main import COMMANDS, cli
from reconciler.model.tenant import Identity
from reconciler.scaffold.files import Repository
from reconciler.scaffold.forge import Forge
from reconciler.scaffold.origin import UNKNOWN, PackageOrigin
from reconciler.scaffold.readme import readme

ACME = Identity("https://app.prismatic.io", "o", "Acme", "u")
TOLD = Repository(ACME, "acme", "production", Forge.GITHUB, "main", UNKNOWN, ["SECRET"] * 3)


@pytest.mark.parametrize("key", HOSTILE)
def test_the_organization_name_is_escaped_in_the_page(key: str) -> None:
    """No name adds control characters, HTML or Markdown to the page."""
    calm, text = (
        readme(replace(TOLD, identity=replace(TOLD.identity, organization=name))).text for name in ("A", HOSTILE[key])
    )
    assert acting(text) == []
    before, after = rendered(calm), rendered(text)
    assert [tag for tag in after.tags if tag != "code"] == [tag for tag in before.tags if tag != "code"]
    assert (after.links, markdown_acting(after)) == (before.links, markdown_acting(before))


@pytest.mark.parametrize("secrets", [0, 3])
@pytest.mark.parametrize("forge", Forge)
def test_each_forge_has_its_way(forge: Forge, secrets: int) -> None:
    """The page has no placeholder left, describes its forge alone, and names existing commands and options."""
    text = readme(replace(TOLD, forge=forge, secrets=["SECRET"] * secrets)).text
    assert not re.search(r"\$[a-z]", text)
    assert ("GitHub" in text, "GitLab" in text) == (forge is Forge.GITHUB, forge is Forge.GITLAB)
    assert "\n\n\n" not in text
    context = click.Context(cli)
    for name, rest in re.findall(
        r"reconciler ([a-z]+)([^`\n]*)", "\n".join(re.findall(r"`[^`]+`|```sh\n.*?```", text, re.DOTALL))
    ):
        assert name in COMMANDS
        command = cli.get_command(context, name)
        assert command
        known = {option for each in command.params for option in each.opts}
        assert set(re.findall(r" (--?[a-z][a-z-]*)", rest)) <= known


def test_the_page_links_the_documentation() -> None:
    """The page links reconciler's repository if it is known."""
    assert "More about it" not in readme(TOLD).text
    known = readme(replace(TOLD, origin=PackageOrigin("https://github.com/acme/tools.git", "v9"))).text
    assert "nor written. [More about it](https://github.com/acme/tools).\n" in known
    assert 'pip install "prismatic-reconciler @ git+https://github.com/acme/tools.git@v9"' in known


def test_more_secrets_than_a_forge_holds_are_warned_of() -> None:
    """More secrets than GitHub's limit are reported with what to do instead."""
    assert "GitHub keeps 100 secrets" not in readme(replace(TOLD, secrets=["SECRET"] * 98)).text
    text = readme(replace(TOLD, secrets=["SECRET"] * 99)).text
    assert "GitHub keeps 100 secrets for an environment, and the pipeline needs 101." in text
    assert "valueFrom: {file: FILE, key: KEY}" in text
    assert "GitHub" not in readme(replace(TOLD, secrets=["SECRET"] * 99, forge=Forge.GITLAB)).text


@pytest.mark.parametrize("forge", Forge)
def test_without_secrets_none_is_asked_for(forge: Forge) -> None:
    """Where the manifests name no secret, the page asks for the token alone."""
    text = readme(replace(TOLD, forge=forge, secrets=[])).text
    for name in (".env.example", "each name", "reconciler plan -e production --keep-secrets\n"):
        assert name not in text
    assert "RECONCILER_FINGERPRINT_KEY" not in text.partition("## How a change gets to Prismatic")[2]
    assert ("No other secret is needed." in text) is (forge is not Forge.NONE)
