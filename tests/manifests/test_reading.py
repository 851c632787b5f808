"""Reading manifests as a whole: files, project, environment, overlays, variables, secrets."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from manifests.example_kinds import widgets
from manifests.reading import CUSTOMER, INSTANCE, PROJECT, problems, read, read_text, write

from reconciler.errors import ManifestErrors
from reconciler.manifests.project.project import Environment
from reconciler.manifests.result import ManifestOptions
from reconciler.manifests.yaml.source_map import Source
from reconciler.model.place import Place
from reconciler.model.resource import Lifecycle
from reconciler.secrets.secret import Secret, Unresolved

SECRET_INSTANCE = INSTANCE + "  configVariables:\n    Key: {valueFrom: {env: KEY}}\n"
WITH_PROD = PROJECT + (
    "spec:\n  variables: {region: us, size: 5}\n  environments:\n"
    "    prod: {url: https://app.prismatic.io/, overlays: [overlays/prod, last.yaml], variables: {region: eu}}\n"
    "    dev: {}\n"
)


def test_a_manifest_becomes_a_resource(tmp_path: Path) -> None:
    """A manifest becomes a resource with its kind, handle, spec and lifecycle."""
    text = CUSTOMER + "lifecycle: {preventDestroy: true, ignoreChanges: [labels], renamedFrom: [Old]}\n"
    (resource,) = read_text(tmp_path, text).resources
    assert (resource.address, resource.spec) == ("Customer/acme", {"name": "Acme"})
    assert resource.lifecycle == Lifecycle(prevent_destroy=True, ignore_changes=("labels",), renamed_from=("Old",))


def test_absent_is_a_lifecycle(tmp_path: Path) -> None:
    """``state: absent`` marks a resource that is to be deleted."""
    (resource,) = read_text(tmp_path, CUSTOMER + "lifecycle: {state: absent}\n").resources
    assert resource.lifecycle.absent


def test_the_order_of_resources_does_not_depend_on_files(tmp_path: Path) -> None:
    """Resources come by level, kind and handle, however they are spread over files."""
    write(tmp_path, {"one/b.yaml": INSTANCE + "---\n" + CUSTOMER})
    write(tmp_path, {"two/a.yaml": CUSTOMER, "two/z/b.yml": INSTANCE})
    one, two = read(tmp_path, "one"), read(tmp_path, "two")
    assert [each.address for each in one.resources] == ["Customer/acme", "Instance/inventory"]
    assert [each.address for each in two.resources] == ["Customer/acme", "Instance/inventory"]
    assert one.digest() == two.digest()
    assert one.digest().startswith("sha256:")
    assert two.sources == ("two/a.yaml", "two/z/b.yml")


@pytest.mark.parametrize(
    "change",
    [
        ("name: Acme}", "name: Acme 2}"),
        ("{name: acme}", "{name: acme-2}"),
        ("{name: Acme}", "{name: Acme}\nlifecycle: {preventDestroy: true}"),
        ("{name: Acme}", "{name: Acme, labels: []}"),
    ],
)
def test_the_digest_changes_with_the_content(tmp_path: Path, change: tuple[str, str]) -> None:
    """Another desired content has another digest."""
    assert read_text(tmp_path, CUSTOMER).digest() != read_text(tmp_path, CUSTOMER.replace(*change)).digest()


def test_the_digest_does_not_depend_on_secrets(tmp_path: Path) -> None:
    """The digest holds where a secret comes from, not the secret, resolved or not."""
    digests = {
        read_text(tmp_path, SECRET_INSTANCE, environ={"KEY": "one"}).digest(),
        read_text(tmp_path, SECRET_INSTANCE, environ={"KEY": "two"}).digest(),
        read_text(tmp_path, SECRET_INSTANCE, without_secrets=True).digest(),
    }
    assert len(digests) == 1
    other = SECRET_INSTANCE.replace("env: KEY", "env: OTHER")
    assert read_text(tmp_path, other, environ={"OTHER": "one"}).digest() not in digests


def test_the_digest_changes_with_what_the_project_owns(tmp_path: Path) -> None:
    """The project's label and pruning are part of what is desired."""
    write(tmp_path, {"a.yaml": CUSTOMER, "reconciler.yaml": PROJECT + "spec: {}\n"})
    plain = read(tmp_path).digest()
    write(tmp_path, {"reconciler.yaml": PROJECT + "spec: {prune: true}\n"})
    assert read(tmp_path).digest() != plain


def test_a_list_counts_as_its_items(tmp_path: Path) -> None:
    """A ``kind: List`` gives its items, each with its own place."""
    text = (
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: reconciler/v1\n  kind: Customer\n"
        "  metadata: {name: a}\n  spec:\n    name: A\n"
    )
    (resource,) = read_text(tmp_path, text).resources
    assert resource.origin.start == Place("<stdin>", 4, 3)
    assert resource.origin.place(("spec", "name")) == Place("<stdin>", 8, 11)
    assert resource.origin.place(("spec", "name"), key=True) == Place("<stdin>", 8, 5)
    assert resource.origin.place(("spec", "labels", 0)) == Place("<stdin>", 8, 5)


def test_empty_documents_are_skipped(tmp_path: Path) -> None:
    """Empty documents and comments are skipped."""
    assert len(read_text(tmp_path, f"---\n# nothing\n---\n{CUSTOMER}---\n...\n").resources) == 1


def test_standard_input_is_read_once(tmp_path: Path) -> None:
    """``-f -`` given twice reads standard input once."""
    assert len(read(tmp_path, "-", "-", stdin=io.StringIO(CUSTOMER)).resources) == 1


def test_binary_standard_input_is_decoded(tmp_path: Path) -> None:
    """Standard input is taken as UTF-8 whatever the terminal's encoding."""
    stdin = io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbf" + CUSTOMER.replace("Acme", "Akmé").encode()), encoding="ascii")
    (resource,) = read(tmp_path, "-", stdin=stdin).resources
    assert resource.spec["name"] == "Akmé"


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    """A file that two arguments name is read once."""
    write(tmp_path, {"m/a.yaml": CUSTOMER})
    assert read(tmp_path, "m", "m/a.yaml", "./m").sources == ("m/a.yaml",)


def test_hidden_files_and_other_suffixes_are_skipped(tmp_path: Path) -> None:
    """Files whose name begins with a dot or has no YAML suffix are skipped."""
    write(tmp_path, {"a.yaml": CUSTOMER, ".b.yaml": "[", ".git/c.yaml": "[", "d.json": "[", "e.yaml.bak": "["})
    assert read(tmp_path, ".").sources == ("a.yaml",)


def test_the_project_of_the_current_folder_is_read(tmp_path: Path) -> None:
    """Without an argument the manifests are those of the current folder's project."""
    write(tmp_path, {"reconciler.yml": PROJECT + "spec: {manifests: [m, n.yaml]}\n"})
    write(tmp_path, {"m/a.yaml": CUSTOMER, "n.yaml": INSTANCE, "other.yaml": "["})
    manifests = read(tmp_path)
    assert manifests.sources == ("reconciler.yml", "m/a.yaml", "n.yaml")
    assert manifests.project is not None
    assert manifests.project.ownership_label == "gitops:shop"


@pytest.mark.parametrize("arguments", [("infra",), ("infra/reconciler.yaml",), ("./infra/",)])
def test_a_folder_with_a_project_is_that_project(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """A project's folder, or its file alone, means what the project lists."""
    write(tmp_path, {"infra/reconciler.yaml": PROJECT + "spec: {manifests: [m]}\n"})
    write(tmp_path, {"infra/m/a.yaml": CUSTOMER, "infra/other.yaml": "["})
    assert read(tmp_path, *arguments).sources == ("infra/reconciler.yaml", "infra/m/a.yaml")


def test_a_project_file_beside_other_arguments_gives_its_settings(tmp_path: Path) -> None:
    """Beside another argument the project's file gives its settings, not its manifests."""
    write(tmp_path, {"reconciler.yaml": PROJECT + "spec: {manifests: [m]}\n", "m/a.yaml": "["})
    manifests = read(tmp_path, "reconciler.yaml", "-", stdin=io.StringIO(CUSTOMER))
    assert manifests.project is not None
    assert manifests.sources == ("reconciler.yaml", "<stdin>")


def test_files_are_shown_as_they_were_given(tmp_path: Path) -> None:
    """Messages name files relative to the current folder, or as they were given where that is elsewhere."""
    write(tmp_path, {"m/a.yaml": "kind: X\n", "here/x": ""})
    assert problems(tmp_path, str(tmp_path / "m"))[0].startswith("m/a.yaml:1:1:")
    assert problems(tmp_path / "here", "../m")[0].startswith("../m/a.yaml:1:1:")
    elsewhere = str(tmp_path / "m" / "a.yaml")
    assert problems(tmp_path / "here", elsewhere)[0].startswith(f"{elsewhere}:1:1:")


def test_an_environment_brings_overlays_and_variables(tmp_path: Path) -> None:
    """The environment's overlays are merged in their order, its variables win over the project's."""
    write(tmp_path, {"reconciler.yaml": WITH_PROD, "a.yaml": CUSTOMER, "i.yaml": INSTANCE})
    write(
        tmp_path,
        {
            "overlays/prod/1.yaml": "kind: Customer\nmetadata: {name: acme}\nspec: {description: '${var.region}'}\n",
            "overlays/prod/2.yaml": "kind: Instance\nmetadata: {name: inventory}\nspec:\n"
            "  integration: {version: null}\n  enabled: false\n"
            "  configVariables: {Size: '${var.size}', A: 'a-${var.region}'}\n",
            "last.yaml": "kind: Instance\nmetadata: {name: inventory}\nspec: {enabled: true}\n",
        },
    )
    manifests = read(tmp_path, environment="prod")
    customer, instance = manifests.resources
    assert customer.spec == {"name": "Acme", "description": "eu"}
    assert instance.spec["integration"] == {"name": "Acme Inventory"}
    assert instance.spec["enabled"] is True
    assert instance.spec["configVariables"] == {"Size": 5, "A": "a-eu"}
    assert manifests.environment == Environment(
        "prod", None, "https://app.prismatic.io", ("overlays/prod", "last.yaml"), {"region": "eu"}
    )
    assert instance.origin.place(("spec", "enabled")) == Place("last.yaml", 3, 17)
    assert instance.origin.place(("spec", "integration", "version")) == Place("overlays/prod/2.yaml", 4, 26)
    assert instance.origin.place(("spec", "name")) == Place("i.yaml", 6, 9)
    assert instance.origin.start == Place("i.yaml", 1, 1)


@pytest.mark.parametrize(
    ("option", "variable", "default", "chosen"),
    [
        ("a", "b", "c", "a"),
        ("a", None, None, "a"),
        (None, "b", "c", "b"),
        (None, " b\n", None, "b"),
        (None, "", "c", "c"),
        (None, None, "c", "c"),
    ],
)
def test_the_option_comes_before_the_variable_and_that_before_the_default(
    tmp_path: Path, option: str | None, variable: str | None, default: str | None, chosen: str
) -> None:
    """An environment is chosen by --environment, else by RECONCILER_ENVIRONMENT, else by the project's default."""
    spec = "environments: {a: {}, b: {}, c: {}}" + (f", defaultEnvironment: {default}" if default else "")
    write(tmp_path, {"reconciler.yaml": f"{PROJECT}spec: {{{spec}}}\n", "a.yaml": CUSTOMER})
    environ = {} if variable is None else {"RECONCILER_ENVIRONMENT": variable}
    assert read(tmp_path, environment=option, environ=environ).environment == Environment(chosen)


def test_overlays_are_nothing_without_their_environment(tmp_path: Path) -> None:
    """Overlays that lie among the manifests are not read as manifests."""
    write(tmp_path, {"reconciler.yaml": WITH_PROD, "a.yaml": CUSTOMER})
    write(tmp_path, {"overlays/prod/1.yaml": "[", "last.yaml": "["})
    manifests = read(tmp_path, environment="dev")
    assert manifests.sources == ("reconciler.yaml", "a.yaml")
    assert manifests.environment == Environment("dev")


def test_an_overlay_without_a_base_adds_a_resource(tmp_path: Path) -> None:
    """A whole overlay that no manifest matches becomes a manifest, which later overlays change."""
    write(tmp_path, {"reconciler.yaml": WITH_PROD, "a.yaml": CUSTOMER, "overlays/prod/1.yaml": INSTANCE})
    write(tmp_path, {"last.yaml": "kind: Instance\nmetadata: {name: inventory}\nspec: {enabled: true}\n"})
    (_, instance) = read(tmp_path, environment="prod").resources
    assert instance.spec["enabled"] is True
    assert instance.origin.start == Place("overlays/prod/1.yaml", 1, 1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${var.flag}", True),
        ("is ${var.word}", "is true"),
        ("${var.n}", 1.5),
        ("${var.word}${var.digits}", "true1.50"),
        ("$${var.n}", "${var.n}"),
        ("$${var.n} is ${var.digits}", "${var.n} is 1.50"),
        ("${other} $${other}", "${other} $${other}"),
        ("${var.text}", "$${var.n}"),
    ],
)
def test_variables_are_filled_in(tmp_path: Path, text: str, value: Any) -> None:
    """A whole reference keeps the variable's type, text in a longer text stays as written, others are text."""
    variables = "{flag: true, word: 'true', n: 1.5, digits: '1.50', text: '$${var.n}'}"
    write(tmp_path, {"reconciler.yaml": PROJECT + f"spec: {{variables: {variables}}}\n"})
    write(tmp_path, {"i.yaml": f"{INSTANCE}  configVariables: {{K: ['{text}']}}\n"})
    (instance,) = read(tmp_path).resources
    assert instance.spec["configVariables"] == {"K": [value]}


def test_secrets_of_absent_resources_are_not_resolved(tmp_path: Path) -> None:
    """A deleted resource needs no secret."""
    (resource,) = read_text(tmp_path, SECRET_INSTANCE + "lifecycle: {state: absent}\n").resources
    assert resource.spec["configVariables"] == {"Key": Unresolved()}


def test_without_secrets_nothing_is_resolved(tmp_path: Path) -> None:
    """With ``without_secrets`` every ``valueFrom`` stays unresolved, and none is a problem."""
    text = INSTANCE + "  configVariables: {A: [{valueFrom: {exec: [none]}}], B: {valueFrom: {file: none}}}\n"
    (resource,) = read_text(tmp_path, text, without_secrets=True).resources
    assert resource.spec["configVariables"] == {"A": [Unresolved()], "B": Unresolved()}


def test_a_secret_replaces_its_value_from(tmp_path: Path) -> None:
    """A ``valueFrom`` becomes a secret, and the rest stays plain data."""
    (resource,) = read_text(tmp_path, SECRET_INSTANCE, environ={"KEY": "hush"}).resources
    assert resource.spec["configVariables"] == {"Key": Secret("hush")}
    assert "hush" not in repr(resource)


def test_valid_manifests_are_never_read_twice_for_their_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Places are looked up only for a problem or warning."""
    asked = []
    monkeypatch.setattr(Source, "node", lambda *_: asked.append(1))
    text = CUSTOMER + "---\n" + SECRET_INSTANCE.replace("{name: Acme}", "acme")
    assert len(read_text(tmp_path, text, environ={"KEY": "hush"}).resources) == 2
    assert not asked


def test_options_have_sensible_defaults() -> None:
    """Without options the current folder's project and the process's environment count."""
    options = ManifestOptions()
    assert options.cwd == Path.cwd()
    assert "environ=" not in repr(options)


def test_manifest_errors_are_in_order_and_each_once(tmp_path: Path) -> None:
    """Problems come in the order of their places."""
    write(tmp_path, {"b.yaml": "kind: X\n", "a.yaml": "a: 1\nb: 2\n---\nkind: Y\n"})
    with pytest.raises(ManifestErrors) as caught:
        read(tmp_path, ".", kinds=widgets())
    places = [problem.place for problem in caught.value.problems]
    assert places == sorted(places, key=lambda place: place or Place(""))
    assert len(set(caught.value.problems)) == len(caught.value.problems)
