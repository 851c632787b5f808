"""Manifests take secrets only from environment variables that are meant for them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from manifests.reading import INSTANCE, PROJECT, problems, read_text, text_problems, write

from reconciler.errors import UsageError
from reconciler.manifests.value_from.env_names import EnvNames, owner_of, reserved, without_own
from reconciler.secrets.secret import reveal

CASES = yaml.safe_load(Path(__file__).with_name("env_names.yaml").read_text(encoding="utf-8"))
OWNED = [(name, owner) for owner, lists in CASES["reserved"].items() for names in lists for name in names]
FREE = [name for names in CASES["free"] for name in names]
VALUE = "value-of-the-variable"


def taking(name: str) -> str:
    """Return an instance that takes a value from an environment variable."""
    return f"{INSTANCE}  configVariables: {{K: {{valueFrom: {{env: {name}}}}}}}\n"


@pytest.mark.parametrize(("name", "owner"), OWNED)
@pytest.mark.parametrize(
    "options", [{}, {"without_secrets": True}, {"keep_secrets": True}], ids=["plan", "validate", "keep"]
)
def test_reserved_variable_names_are_refused(tmp_path: Path, name: str, owner: str, options: dict[str, Any]) -> None:
    """A reserved variable is refused at its place, set or not, also offline and without secrets."""
    said = [text_problems(tmp_path, taking(name), environ=environ, **options) for environ in ({name: VALUE}, {})]
    expected = (
        f"<stdin>:8:42: the environment variable {name} belongs to {owner}, and manifests take no secret from it; set"
        " the secret under a name of its own, such as ACME_PASSWORD"
    )
    assert said == [[expected], [expected]]


@pytest.mark.parametrize("name", FREE)
def test_every_other_name_is_free(tmp_path: Path, name: str) -> None:
    """A name that only resembles a reserved one is allowed."""
    (resource,) = read_text(tmp_path, taking(name), environ={name: VALUE}).resources
    assert reveal(resource.spec["configVariables"]["K"]) == VALUE


@pytest.mark.parametrize("case", CASES["narrowed"], ids=lambda case: case["allowed"])
def test_an_operator_narrows_the_names(tmp_path: Path, case: dict[str, Any]) -> None:
    """RECONCILER_SECRET_ENV allows only the names that it lists, and no reserved name."""
    environ = {"RECONCILER_SECRET_ENV": case["allowed"], **dict.fromkeys((*case["taken"], *case["refused"]), VALUE)}
    for name in case["taken"]:
        assert text_problems(tmp_path, taking(name), environ=environ) == []
    for name in case["refused"]:
        for options in ({}, {"without_secrets": True}):
            (problem,) = text_problems(tmp_path, taking(name), environ=environ, **options)
            assert problem.startswith("<stdin>:8:42: ")
            assert f" environment variable {name}" in problem
            assert VALUE not in problem
            said = owner_of(name) or f"RECONCILER_SECRET_ENV allows only {', '.join(EnvNames.of(environ).allowed)}"
            assert said in problem


@pytest.mark.parametrize("allowed", CASES["unusable"])
def test_an_ambiguous_list_of_names_is_refused(allowed: str) -> None:
    """An entry that is not a pattern of names ends the run; it allows neither nothing nor everything."""
    with pytest.raises(UsageError, match=r"RECONCILER_SECRET_ENV holds .*; expected names") as caught:
        EnvNames.of({"RECONCILER_SECRET_ENV": f"ACME_A,{allowed}"})
    assert str(caught.value).isascii()


@pytest.mark.parametrize("allowed", CASES["empty"])
def test_an_empty_list_of_names_allows_nothing_more(allowed: str, tmp_path: Path) -> None:
    """A pipeline whose list comes from a missing setting fails, and reads no secret."""
    environ = {"RECONCILER_SECRET_ENV": allowed, "ACME_A": VALUE}
    with pytest.raises(UsageError, match="RECONCILER_SECRET_ENV is set and names nothing; expected names"):
        read_text(tmp_path, taking("ACME_A"), environ=environ)


@given(st.data())
def test_letter_case_does_not_bypass_the_rule(data: st.DataObject) -> None:
    """A reserved name is reserved in any case."""
    pattern = data.draw(st.sampled_from([pattern for patterns in reserved().values() for pattern in patterns]))
    name = pattern.replace("*", data.draw(st.sampled_from(["A", "TOKEN", "A_B", "1"])))
    flags = data.draw(st.lists(st.booleans(), min_size=len(name), max_size=len(name)))
    spelt = "".join(each.lower() if low else each.upper() for each, low in zip(name, flags, strict=True))
    assert owner_of(spelt) == owner_of(name) is not None


PLACES = {
    "a connection's input": "configVariables: {C: {inputs: {password: {valueFrom: {env: GITHUB_TOKEN}}}}}",
    "an API key": "flowConfigs: {F: {apiKeys: [{valueFrom: {env: GITHUB_TOKEN}}]}}",
    "a test header": "flowConfigs: {F: {testHeaders: {A: {valueFrom: {env: GITHUB_TOKEN}}}}}",
    "a list": "configVariables: {L: [a, {valueFrom: {env: GITHUB_TOKEN}}]}",
    "a map": "configVariables: {L: {a: {b: {valueFrom: {env: GITHUB_TOKEN}}}}}",
    "an escape": 'configVariables: {K: {"value\\x46rom": {env: GITHUB_TOKEN}}}',
    "a variable": 'configVariables: {K: {valueFrom: {env: "${var.NAME}"}}}',
}


@pytest.mark.parametrize("spec", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("tail", ["", "lifecycle: {state: absent}\n"], ids=["present", "absent"])
def test_a_reserved_name_is_refused_everywhere(tmp_path: Path, spec: str, tail: str) -> None:
    """A reserved name is refused everywhere in a manifest, in an overlay, and for a deleted resource."""
    environment = "{overlays: [o], variables: {NAME: GITHUB_TOKEN}}"
    project = f"{PROJECT}spec: {{manifests: [m], environments: {{e: {environment}}}}}\n"
    overlay = f"kind: Instance\nmetadata: {{name: inventory}}\nspec:\n  {spec}\n{tail}"
    write(tmp_path, {"reconciler.yaml": project, "m/a.yaml": INSTANCE, "o/a.yaml": overlay})
    (problem,) = problems(tmp_path, environment="e", without_secrets=True)
    assert problem.startswith("o/a.yaml:4:")
    assert "the environment variable GITHUB_TOKEN belongs to GitHub" in problem


def test_all_refused_names_are_reported_together(tmp_path: Path) -> None:
    """Reserved names and missing secrets are reported together, each once."""
    spec = "{A: {valueFrom: {env: CI_JOB_TOKEN}}, B: {valueFrom: {env: AWS_X}}, C: {valueFrom: {env: ACME}}}"
    found = text_problems(tmp_path, f"{INSTANCE}  configVariables: {spec}\n")
    assert [problem.split("environment variable ")[1].split()[0] for problem in found] == [
        "CI_JOB_TOKEN",
        "AWS_X",
        "ACME",
    ]


def test_a_command_does_not_get_the_tokens(tmp_path: Path) -> None:
    """A command gets the run's environment without the variables of reconciler and Prismatic's tools."""
    script = "import os; print(sorted(n for n in os.environ if n[:5].upper() in 'PRISM RECON VAULT ACME_'.split()))"
    environ = {
        **{name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ},
        **dict.fromkeys(["PRISM_REFRESH_TOKEN", "PRISMATIC_API_KEY", "RECONCILER_FINGERPRINT_KEY", "prism_x"], VALUE),
        **dict.fromkeys(["VAULT_TOKEN", "ACME_PASSWORD"], VALUE),
    }
    text = f"{INSTANCE}  configVariables: {{K: {{valueFrom: {{exec: ['{sys.executable}', -c, \"{script}\"]}}}}}}\n"
    (resource,) = read_text(tmp_path, text, environ=environ, allow_exec=True).resources
    assert reveal(resource.spec["configVariables"]["K"]) == "['ACME_PASSWORD', 'VAULT_TOKEN']"
    assert set(without_own(environ)) == set(environ) - {
        "PRISM_REFRESH_TOKEN",
        "PRISMATIC_API_KEY",
        "RECONCILER_FINGERPRINT_KEY",
        "prism_x",
    }


def test_a_command_is_not_run_where_a_name_is_refused(tmp_path: Path) -> None:
    """Commands run only where the manifests have no problems."""
    ran = tmp_path / "ran"
    spec = f"{{A: {{valueFrom: {{exec: [touch, '{ran}']}}}}, B: {{valueFrom: {{env: CI_JOB_TOKEN}}}}}}"
    text = f"{INSTANCE}  configVariables: {spec}\n"
    assert len(text_problems(tmp_path, text, allow_exec=True, environ=dict(os.environ))) == 1
    assert not ran.exists()
