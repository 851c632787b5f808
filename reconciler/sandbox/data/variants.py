"""The variants of the sandbox: one for each unknown of the real API.

Prismatic does not document every detail. For each unknown the sandbox acts out the likely reading by default, and the
others on request, so tests can show that a client is right under all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, get_args, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class VariantError(ValueError):
    """A variant that does not exist, or a value it cannot take."""


def _reading(default: str, meaning: str) -> Any:
    """Return a field of :class:`Variants`."""
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True, slots=True)
class Variants:
    """One reading of every unknown; the first value named is the default, ``meaning`` says what it decides."""

    connection_inputs: Literal["merge", "replace"] = _reading(
        "merge", "inputs that a written connection does not list: kept, or blanked"
    )
    write_only_inputs: Literal["empty", "null"] = _reading(
        "empty", 'write-only inputs of connections read as `""`, or as null'
    )
    flow_configs: Literal["keep", "reset"] = _reading(
        "keep", "flow configs that an update does not list: kept, or blanked"
    )
    enabled_after_create: Literal["true", "false"] = _reading("true", "whether a new instance is enabled")
    enabled_after_deploy: Literal["unchanged", "true"] = _reading(
        "unchanged", "what deploying a paused instance does to it"
    )
    deployed_version: Literal["version", "count"] = _reading(
        "version", "`deployedVersion` is the version's number, or counts deploys"
    )
    deploy_unconfigured: Literal["refused", "allowed", "ignored"] = _reading(
        "refused", "deploying an instance that is not fully configured: refused, done, or accepted and not done"
    )
    pending_connection: Literal["blocks", "ignored"] = _reading(
        "blocks", "whether an unauthorized connection leaves the instance unconfigured"
    )
    missing_connection: Literal["refused", "pending"] = _reading(
        "refused",
        "an instance whose customer lacks its shared connection is not fully configured, or deploys with a connection "
        "that is `PENDING`",
    )
    shared_stable_keys: Literal["unique", "free"] = _reading(
        "unique",
        "whether two shared connections can have one stable key",
    )
    shared_secrets: Literal["hidden", "plain"] = _reading(
        "hidden",
        "write-only inputs of shared connections read like those of instances, or as they were sent",
    )
    shared_input_meta: Literal["sent", "upper"] = _reading(
        "sent",
        "`managedBy` and `inputScope` in the `meta` of inputs read back as sent, or in upper case",
    )
    shared_needs_deploy: Literal["no", "yes"] = _reading(
        "no",
        "whether a changed shared connection makes a deploy of its instances needed",
    )
    shared_in_use: Literal["instances", "definitions"] = _reading(
        "instances",
        "`isInUse` of a shared connection: instances use it, or a definition names it",
    )
    shared_delete_in_use: Literal["refused", "allowed"] = _reading(
        "refused",
        "deleting a shared connection that is in use: refused, or done",
    )
    customer_connection_keys: Literal["unique", "free"] = _reading(
        "unique",
        "whether two of a customer's connections of one shared connection can have one key",
    )
    component_ids: Literal["same", "versions"] = _reading(
        "same",
        "whether a component's versions share the IDs of its connections, or have their own",
    )
    name_needs_deploy: Literal["no", "yes"] = _reading("no", "whether a new name makes a deploy needed")
    attributes_need_deploy: Literal["no", "yes"] = _reading(
        "no", "whether new labels or a new description make a deploy needed"
    )
    renamed_variables: Literal["kept", "declared", "stable-key", "lost"] = _reading(
        "kept",
        "what carries a value over to a variable with a new key: `renameAttributes` and the stable key, "
        "one of them, or nothing",
    )
    retyped_variables: Literal["default", "kept"] = _reading(
        "default",
        "variables that another version gives another type start with its default, or keep their values",
    )
    booleans: Literal["sent", "title"] = _reading("sent", "booleans read back as sent, or as `True` / `False`")
    numbers: Literal["sent", "float"] = _reading(
        "sent", "numbers read back as sent, or with a decimal point (`15` becomes `15.0`)"
    )
    json: Literal["sent", "compact", "pretty"] = _reading(
        "sent", "JSON reads back as sent, without white space, or indented with sorted keys"
    )
    key_value_order: Literal["sent", "sorted"] = _reading(
        "sent", "key-value lists read back in the order they were sent in, or sorted by key"
    )
    dates: Literal["sent", "utc"] = _reading(
        "sent", "dates and timestamps read back as sent, or as `2024-05-01T00:00:00.000Z`"
    )
    instance_labels: Literal["lower", "kept"] = _reading("lower", "the case of instances' labels")
    optional_strings: Literal["stored", "empty", "null"] = _reading("stored", "how an unset external ID reads")
    external_ids: Literal["unique", "free"] = _reading("unique", "whether two customers can share an external ID")
    instance_names: Literal["customer", "organization", "free"] = _reading(
        "customer", "where an instance's name must be new: among its customer's, everywhere, or nowhere"
    )
    user_emails: Literal["tenant", "customer"] = _reading(
        "tenant", "where a user's e-mail address must be new: everywhere, or among its customer's users"
    )
    text_filters: Literal["exact", "caseless", "contains"] = _reading(
        "exact", "filters by text (`name:`, `externalId:` …) match exactly, whatever the case, or anywhere in it"
    )
    page_over_cap: Literal["cut", "refused"] = _reading("cut", "`first` above 100: served as 100, or an error")
    instances_by_integration: Literal["every-version", "exact"] = _reading(
        "every-version", "what `instances(integration:)` finds: instances of every version, or of that one"
    )
    draft_number: Literal["next", "latest", "zero"] = _reading(
        "next", "the version number of the unpublished draft: above the latest version's, the same, or 0"
    )
    webhook_secrets: Literal["plain", "masked", "null"] = _reading(
        "plain", "the secret of a webhook endpoint reads back as sent, as `********`, or as null"
    )
    webhook_names: Literal["unique", "free"] = _reading("unique", "whether two webhook endpoints can share a name")
    webhook_updates: Literal["keep", "reset"] = _reading(
        "keep", "optional fields of a webhook endpoint that an update does not list: kept, or reset"
    )
    webhook_events: Literal["sent", "sorted"] = _reading(
        "sent", "event types of a webhook endpoint read back in the order they were sent in, or sorted"
    )
    alert_names: Literal["unique", "free"] = _reading(
        "unique", "whether two alert webhooks, two alert groups, or two log streams can share a name"
    )
    alert_updates: Literal["keep", "reset"] = _reading(
        "keep",
        "headers of alert webhooks and log streams, and lists and numbers of alert groups and alert monitors, that an "
        "update does not list: kept, or reset",
    )
    alert_lists: Literal["replaced", "added"] = _reading(
        "replaced", "a list in an update of an alert group or monitor: the new list, or added to the one before"
    )
    alert_deletion: Literal["unlinked", "refused"] = _reading(
        "unlinked", "deleting an alert webhook or group that others have: they lose it, or it is refused"
    )
    monitor_numbers: Literal["unset", "kept"] = _reading(
        "unset", "a number of an alert monitor that an update has as null: unset, or kept"
    )
    monitor_flow_updates: Literal["written", "ignored"] = _reading(
        "written", "the flow in an update of an alert monitor: written, or ignored without a word"
    )
    flow_config_ids: Literal["kept", "changed"] = _reading(
        "kept", "the IDs of an instance's flow configs after it moved to another version"
    )
    monitors_on_move: Literal["kept", "deleted", "left"] = _reading(
        "kept",
        "alert monitors of flows whose instance moves to another version: kept for the flow, deleted, or left with the "
        "flow config of the former version",
    )
    payload_templates: Literal["sent", "trimmed"] = _reading(
        "sent", "templates of alert webhooks and log streams read back as sent, or without blanks at their ends"
    )
    test_runs: Literal["marked", "unmarked"] = _reading(
        "marked", "whether a run that `testInstanceFlowConfig` starts is marked `isTestExecution`"
    )
    test_execution: Literal["linked", "absent"] = _reading(
        "linked", "whether the answer of `testInstanceFlowConfig` has the execution, or only its ID"
    )
    execution_id: Literal["body", "header"] = _reading(
        "body", "where a call of a flow names its execution: `executionId` in the body, or a header"
    )
    too_many_runs: Literal["status", "plain", "graphql"] = _reading(
        "status",
        "a test beyond the customer's limit of runs: `statusCode` 429 in its result, or HTTP 429 for the request, "
        "with `detail` or with GraphQL errors",
    )
    retry_next_at: Literal["cleared", "kept"] = _reading(
        "cleared", "`retryNextAt` of a failed run, once its retry has begun: null, or the past time"
    )
    retry_links: Literal["first", "previous"] = _reading(
        "first", "`retryForExecution` of a retry: the first attempt, or the one before"
    )
    canceled_runs: Literal["success", "error"] = _reading(
        "success", "the `status` of a run that was canceled as a duplicate"
    )
    instance_failed_state: Literal["latest-run", "any-flow"] = _reading(
        "latest-run", "`inFailedState` of an instance: its latest run failed, or the latest one of any of its flows"
    )
    failed_state_after_deploy: Literal["kept", "cleared"] = _reading(
        "kept", "`inFailedState` after a deploy: kept until the next run, or cleared"
    )
    step_results: Literal["bytes", "text", "decoded"] = _reading(
        "bytes", "JSON in the file of a step's result: bytes, text, or data"
    )
    display_step_names: Literal["present", "null"] = _reading(
        "present", "whether step results have a `displayStepName`, and can be found by it"
    )
    execution_pages: Literal["100", "20"] = _reading("100", "how many executions a page can have")
    missing_in_mutation: Literal["payload", "top-level"] = _reading(
        "payload", "where a mutation on a missing object says so"
    )
    batches: Literal["independent", "atomic"] = _reading(
        "independent", "whether an error in one mutation of a request undoes the others"
    )
    operations: Literal["unlimited", "10"] = _reading(
        "unlimited", "how many operations a request may have; beyond, all of it is refused"
    )
    query_depth: Literal["unlimited", "10"] = _reading(
        "unlimited", "how deep a request may go; beyond, all of it is refused"
    )
    request_size: Literal["unlimited", "32kB"] = _reading(
        "unlimited", "how large a request may be; beyond, a gateway answers 413"
    )
    unexecuted_operations: Literal["validated", "ignored", "refused"] = _reading(
        "validated",
        "operations of a document that the request does not name: validated with the document, or not; or such a "
        "document is refused",
    )
    request_time: Literal["unlimited", "1s"] = _reading(
        "unlimited", "how long a request may take; after that a gateway answers 504, and it is carried out all the same"
    )
    retry_after: Literal["seconds", "date", "absent"] = _reading(
        "seconds", "how the answer to too many requests says when to come back, beside its words"
    )

    @classmethod
    def choices(cls) -> Mapping[str, tuple[str, ...]]:
        """Return every variant's name with the values it can take, the default first."""
        hints = get_type_hints(cls)
        return {each.name: get_args(hints[each.name]) for each in fields(cls)}

    @classmethod
    def meanings(cls) -> Mapping[str, str]:
        """Return what each variant decides."""
        return {each.name: each.metadata["meaning"] for each in fields(cls)}

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
