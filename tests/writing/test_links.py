"""Links in paths: followed on a person's machine, refused in CI if they are in the checkout."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.writing.ci import ROOTS, in_ci
from reconciler.writing.links import LinkRefused, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

HOME: Mapping[str, str] = {}
CI = {"CI": "true"}


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout as the current folder, with a folder ``outside`` next to it."""
    (tmp_path / "outside").mkdir()
    folder = tmp_path / "checkout"
    (folder / "sub").mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


LINKS = {
    "to a file outside": ("report.json", "../outside/report.json", "report.json"),
    "to a file inside": ("report.json", "sub/report.json", "report.json"),
    "to the environment": ("plan.md", "/proc/self/environ", "plan.md"),
    "to a file in the home": ("report.json", "../../../.bashrc", "report.json"),
    "to nothing": ("report.json", "not-there", "report.json"),
    "a folder": ("reports", "../outside", "reports/plan.json"),
    "a folder inside": ("reports", "sub", "reports/plan.json"),
    "a folder by a way round": ("reports", "../outside", "sub/../reports/./plan.json"),
    "a way up through a folder": ("reports", "/", "reports/../plan.json"),
    "to the standard output": ("report.json", "/dev/stdout", "report.json"),
    "to itself": ("report.json", "report.json", "report.json"),
}


@pytest.mark.parametrize(("link", "target", "path"), LINKS.values(), ids=LINKS)
def test_in_ci_no_link_of_the_checkout_is_followed(link: str, target: str, path: str, checkout: Path) -> None:
    """In CI a committed link is refused, both as the file itself and as a folder on the way to it."""
    (checkout / link).symlink_to(target)
    with pytest.raises(LinkRefused) as refused:
        resolve(Path(path), CI)
    assert refused.value.link == checkout / link


SERVICES = {
    "AppVeyor": {"APPVEYOR": "True"},
    "Azure": {"TF_BUILD": "True"},
    "Bamboo": {"bamboo_planKey": "ACME-MAIN"},
    "Bitbucket": {"BITBUCKET_BUILD_NUMBER": "7"},
    "Buildkite": {"BUILDKITE": "true"},
    "CircleCI": {"CIRCLECI": "true"},
    "Cirrus": {"CIRRUS_CI": "true"},
    "CodeBuild": {"CODEBUILD_BUILD_ID": "acme:b1e6661e"},
    "Drone": {"DRONE": "true"},
    "Gitea": {"GITEA_ACTIONS": "true"},
    "GitHub": {"GITHUB_ACTIONS": "true"},
    "GitLab": {"GITLAB_CI": "true"},
    "GoCD": {"GO_PIPELINE_NAME": "acme"},
    "Google Cloud Build": {"BUILDER_OUTPUT": "/builder/outputs"},
    "Jenkins": {"JENKINS_URL": "https://jenkins.example/", "BUILD_ID": "7"},
    "Semaphore": {"SEMAPHORE": "true"},
    "TeamCity": {"TEAMCITY_VERSION": "2026.1"},
    "Travis": {"TRAVIS": "true"},
    "Woodpecker": {"CI": "woodpecker"},
    "Azure, where somebody has set CI to silence a program": {"TF_BUILD": "True", "CI": "false"},
}


@pytest.mark.parametrize("environ", SERVICES.values(), ids=SERVICES)
def test_ci_is_recognized_by_the_variables_of_a_service(environ: Mapping[str, str], checkout: Path) -> None:
    """A job is recognized by the variables of its service, and links of its checkout are refused."""
    (checkout / "report.json").symlink_to("../outside/report.json")
    assert in_ci(environ)
    with pytest.raises(LinkRefused):
        resolve(Path("report.json"), environ)


PERSONS = {
    "an address of Jenkins, for its tools": {"JENKINS_URL": "https://jenkins.example/"},
    "a build's number, and no Jenkins": {"BUILD_ID": "7"},
    "a folder alone": {"WORKSPACE": "/work", "GITHUB_WORKSPACE": "/work"},
    "switched off": {"CI": "", "TF_BUILD": "False", "DRONE": "0"},
}


@pytest.mark.parametrize("environ", PERSONS.values(), ids=PERSONS)
def test_a_persons_machine_is_not_ci(environ: Mapping[str, str], checkout: Path, tmp_path: Path) -> None:
    """Variables that people set for their tools do not mean CI."""
    (checkout / "report.json").symlink_to("../outside/report.json")
    assert not in_ci(environ)
    assert resolve(Path("report.json"), environ) == tmp_path / "outside" / "report.json"


def test_a_checkout_in_the_home_is_found(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CircleCI names its folder as ``~/project``."""
    (checkout / "report.json").symlink_to("/dev/null")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path / "outside")
    with pytest.raises(LinkRefused):
        resolve(checkout / "report.json", {"CIRCLECI": "true", "CIRCLE_WORKING_DIRECTORY": "~/checkout"})


@pytest.mark.parametrize("name", ROOTS)
def test_the_checkout_is_the_folder_that_the_service_names(
    name: str, checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run from another folder refuses the links of the checkout as well."""
    (checkout / "report.json").symlink_to("/dev/null")
    monkeypatch.chdir(tmp_path / "outside")
    with pytest.raises(LinkRefused):
        resolve(checkout / "report.json", {**CI, name: str(checkout)})


def test_the_checkout_begins_where_the_repository_does(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a subfolder of the repository, links above it are refused too."""
    (checkout / ".git").mkdir()
    (checkout / "reports").symlink_to("../outside")
    monkeypatch.chdir(checkout / "sub")
    with pytest.raises(LinkRefused):
        resolve(Path("../reports/plan.json"), CI)


def test_links_of_the_machine_are_followed_in_ci(checkout: Path, tmp_path: Path) -> None:
    """A link outside of the checkout is followed; one that leads to a link in the checkout is refused."""
    (tmp_path / "out").symlink_to("outside")
    assert resolve(tmp_path / "out" / "plan.json", CI) == tmp_path / "outside" / "plan.json"
    (tmp_path / "in").symlink_to("checkout/sub")
    assert resolve(tmp_path / "in" / "plan.json", CI) == checkout / "sub" / "plan.json"
    (checkout / "sub" / "plan.json").symlink_to("/proc/self/environ")
    with pytest.raises(LinkRefused):
        resolve(tmp_path / "in" / "plan.json", CI)


def test_loops_of_links_are_an_error(checkout: Path, tmp_path: Path) -> None:
    """Links that lead to each other are an error, not an endless loop."""
    (tmp_path / "one").symlink_to("other")
    (tmp_path / "other").symlink_to("one")
    with pytest.raises(OSError, match="Too many levels"):
        resolve(tmp_path / "one", CI)


@pytest.mark.parametrize("value", ["", "0", "false", "False"])
def test_outside_of_ci_links_are_followed(value: str, checkout: Path, tmp_path: Path) -> None:
    """On a person's machine, links are followed."""
    (checkout / "reports").symlink_to("../outside")
    assert resolve(Path("reports/plan.json"), {"CI": value}) == tmp_path / "outside" / "plan.json"


NAMES = st.sampled_from(["a", "b", "c", "..", "."])


@given(
    links=st.dictionaries(
        st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(tuple),
        st.tuples(st.booleans(), st.lists(NAMES, min_size=1, max_size=4)),
        max_size=4,
    ),
    path=st.lists(NAMES, min_size=1, max_size=5),
)
def test_paths_are_resolved_as_the_system_does(
    links: dict[tuple[str, ...], tuple[bool, list[str]]], path: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """With links outside of the checkout, a path leads to the same file in CI, even with ``..`` in it."""
    root = tmp_path_factory.mktemp("links")
    for at, (absolute, names) in links.items():
        place = root.joinpath(*at)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(Path(*([str(root)] if absolute else []), *names))
        except (OSError, RuntimeError):
            continue  # another link is in the way
    whole = os.path.join(str(root), *path)  # noqa: PTH118 - a Path would take each "." out
    try:
        expected = Path(os.path.realpath(whole, strict=True))
    except OSError:
        return  # nothing is there, or links lead in circles
    assert resolve(Path(whole), CI) == expected
