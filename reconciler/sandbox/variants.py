"""The unknowns of the real API, each one way or the other.

Prismatic does not document every detail. Where it does not, the sandbox takes the likely reading and can
be told to take the other one, so that a client can be shown to be right under both.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, get_args, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class VariantError(ValueError):
    """A variant that does not exist, or a value it cannot take."""


@dataclass(frozen=True, slots=True)
class Variants:
    """One reading of every unknown; the first value named is the default."""

    connection_inputs: Literal["merge", "replace"] = "merge"
    """Inputs that a written connection does not list: kept, or blanked."""
    flow_configs: Literal["keep", "reset"] = "keep"
    """Flow configs that ``updateInstance(flowConfigs:)`` does not list: kept, or back to nothing."""
    enabled_after_create: Literal["true", "false"] = "true"
    enabled_after_deploy: Literal["unchanged", "true"] = "unchanged"
    """What deploying a paused instance does to ``enabled``."""
    deployed_version: Literal["version", "count"] = "version"
    """``deployedVersion``: the integration's version number, or how often the instance was deployed."""
    booleans: Literal["sent", "title"] = "sent"
    """A boolean reads back as it was sent, or as ``True`` / ``False``."""
    numbers: Literal["sent", "float"] = "sent"
    """A number reads back as it was sent, or with a decimal point (``15`` becomes ``15.0``)."""
    json: Literal["sent", "compact", "pretty"] = "sent"
    """JSON reads back as it was sent, without white space, or indented with its keys sorted."""
    dates: Literal["sent", "utc"] = "sent"
    """Dates and timestamps read back as sent, or as ``2024-05-01T00:00:00.000Z``."""
    instance_labels: Literal["lower", "kept"] = "lower"
    """The case of an instance's labels."""
    optional_strings: Literal["stored", "empty", "null"] = "stored"
    """An unset optional string reads as it was stored, always as ``""``, or always as null."""
    deploy_unconfigured: Literal["refused", "allowed"] = "refused"
    """Deploying an instance whose configuration is not complete."""
    name_needs_deploy: Literal["no", "yes"] = "no"
    """Whether renaming an instance makes it need a deploy."""
    renamed_variables: Literal["kept", "lost"] = "kept"
    """The value of a config variable that a new version renames (same stable key)."""
    pending_connection: Literal["blocks", "ignored"] = "blocks"
    """Whether an OAuth 2.0 connection nobody authorized leaves the instance unconfigured."""
    page_over_cap: Literal["cut", "refused"] = "cut"
    """``first`` above 100: served as 100, or an error."""
    instances_by_integration: Literal["every-version", "exact"] = "every-version"
    """``instances(integration:)``: the instances of every version of it, or of that version only."""
    missing_in_mutation: Literal["payload", "top-level"] = "payload"
    """A mutation on a missing object: an error in its payload, or a top-level one."""
    batches: Literal["independent", "atomic"] = "independent"
    """Mutations in one request: each stands for itself, or an error in one undoes them all."""
    draft_number: Literal["next", "zero"] = "next"
    """The version number of the unpublished draft: one above the latest version, or 0."""

    @classmethod
    def choices(cls) -> Mapping[str, tuple[str, ...]]:
        """Return every variant's name with the values it can take, the default first."""
        hints = get_type_hints(cls)
        return {field.name: get_args(hints[field.name]) for field in fields(cls)}

    @classmethod
    def parse(cls, settings: Iterable[str]) -> Variants:
        """Return the variants that ``["name=value", …]`` describe; names take ``-`` for ``_`` as well.

        Raises :class:`VariantError` with one line that says what was expected.
        """
        choices = cls.choices()
        chosen: dict[str, Any] = {}
        for setting in settings:
            name, equals, value = setting.partition("=")
            name = name.strip().replace("-", "_")
            if not equals:
                raise VariantError(f"A variant is NAME=VALUE, not {setting!r}.")
            if name not in choices:
                raise VariantError(f"There is no variant {name!r}. Known: {', '.join(choices)}.")
            if value.strip() not in choices[name]:
                raise VariantError(f"Variant {name} is one of {', '.join(choices[name])}, not {value!r}.")
            chosen[name] = value.strip()
        return cls(**chosen)
