"""The Python module of a ``.graphql`` file: its operations, and the classes of their answers."""

from __future__ import annotations

import re
from keyword import iskeyword
from typing import TYPE_CHECKING

from graphql import FragmentDefinitionNode, parse

from codegen.answer_classes import answers_of
from reconciler.model.answers import api_name, python_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from graphql import GraphQLSchema

    from codegen.answer_classes import AnswerClass, AnsweredOperation, Answers

_FROM_MODEL = (
    "AnswerObject", "CountedPage", "NamedNode", "NamedNodes", "Node", "Page", "PageInfo", "Payload", "PayloadError",
)  # fmt: skip
_SECRETS = ("SecretInput", "SecretText", "SecretTextAndValues", "SecretValues")
_IMPORT = re.compile(r'^# import "(.+)"$', re.MULTILINE)


def module_of(path: Path, package: Path, schema: GraphQLSchema) -> str:
    """Return the source of the module for the document in the file ``path``, below the folder ``package``.

    A document takes fragments from another file by a comment: ``# import "../variables/fragments.graphql"``.
    """
    text = path.read_text(encoding="utf-8")
    others = [(path.parent / name).resolve() for name in _IMPORT.findall(text)]
    fragments = {other: _fragments(other) for other in others}
    whole = "\n".join([text, *(other.read_text(encoding="utf-8") for other in others)])
    return source_of(whole, path.name, schema, {_module(other, package): names for other, names in fragments.items()})


def source_of(text: str, file: str, schema: GraphQLSchema, imported: Mapping[str, Sequence[str]]) -> str:
    """Return the source of a module for a document, with the modules that have the classes of imported fragments."""
    document = parse(text)
    answers = answers_of(document, schema, [name for names in imported.values() for name in names])
    bodies = [_class(each) for each in answers.classes.values()]
    constants = "\n".join(_operation(each) for each in answers.operations)
    parts = [*_enums(answers), *bodies]
    used = "\n".join([*parts, constants])
    head = f'"""The operations of {file}, and the types of their answers.\n\n`make generate` writes this file.\n"""'
    imports = ["from __future__ import annotations", "", *_imports(answers, used, imported)]
    documents = "".join(f", {_alias(module)}" for module in imported)
    declared = f'DOCUMENT = OperationFile(__package__, "{file}"{documents})'
    return "\n\n".join([head, "\n".join(imports), *(f"{part}\n" for part in parts), f"{declared}\n{constants}\n"])


def constant(name: str) -> str:
    """Return the name of the constant for an operation.

    >>> constant("updateInstanceConfigVariables")
    'UPDATE_INSTANCE_CONFIG_VARIABLES'
    """
    return python_name(name).upper()


def _fragments(path: Path) -> list[str]:
    definitions = parse(path.read_text(encoding="utf-8")).definitions
    return [each.name.value for each in definitions if isinstance(each, FragmentDefinitionNode)]


def _module(path: Path, package: Path) -> str:
    return ".".join(path.relative_to(package.parent).with_suffix("").parts)


def _alias(module: str) -> str:
    return "_".join(module.split(".")[-2:]).upper()


def _imports(answers: Answers, used: str, imported: Mapping[str, Sequence[str]]) -> list[str]:
    model = [name for name in (*_FROM_MODEL, *_SECRETS) if re.search(rf"\b{name}\b", used)]
    lines = ["from typing import TYPE_CHECKING, Literal", ""] if answers.enums else []
    if model:
        lines.append(f"from reconciler.model.answers import {', '.join(sorted(model))}")
    for module, names in imported.items():
        classes = [name for name in names if re.search(rf"\b{name}\b", used)]
        lines.append(f"from {module} import DOCUMENT as {_alias(module)}, {', '.join(classes)}")
    operation = ", Operation" if answers.operations else ""
    return [*lines, f"from reconciler.model.operation import OperationFile{operation}"]


def _enums(answers: Answers) -> list[str]:
    if not answers.enums:
        return []
    literals = [
        f"    {name} = Literal[{', '.join(f'{value!r}' for value in values)}]" for name, values in answers.enums.items()
    ]
    texts = [f"    {name} = str" for name in answers.enums]
    why = "    # An API that is newer than this list may have further values."
    return ["\n".join(["if TYPE_CHECKING:", *literals, "else:", why, *texts])]


def _class(each: AnswerClass) -> str:
    lines = [f"    {_attribute(key)}: {annotation}" for key, annotation in each.fields.items()]
    return "\n".join([f"class {each.name}({', '.join(each.bases)}, frozen=True, gc=False):", *(lines or ["    pass"])])


def _attribute(key: str) -> str:
    """Return the name of the attribute for a key; raises if an answer's key could not be found again by it."""
    name = python_name(key)
    if api_name(name) != key or iskeyword(name):
        raise ValueError(f"{key} has no name in Python that leads back to it: give the field an alias")
    return name


def _operation(each: AnsweredOperation) -> str:
    mutation = ", mutation=True" if each.mutation else ""
    return f'{constant(each.name)} = Operation("{each.name}", "{each.field}", {each.answer}, DOCUMENT{mutation})'
