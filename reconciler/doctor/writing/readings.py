"""Each assumption about the API as a question, and what each of its readings means, in a sentence for a person.

The names are those of docs/api-assumptions.md and of the sandbox's variants.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOLD: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "connection_inputs": (
        "does a partial list of connection inputs keep the others?",
        {
            "merge": "connection inputs that a write does not list keep their values",
            "replace": "connection inputs that a write does not list are blanked: heed the plan's warnings about "
            "undeclared write-only inputs",
        },
    ),
    "write_only_inputs": (
        "how does a write-only input of a connection read?",
        {"empty": 'write-only inputs read as ""', "null": "write-only inputs read as null"},
    ),
    "flow_configs": (
        "does naming one flow in flowConfigs reset the others?",
        {
            "keep": "flow configs that an update does not list stay",
            "reset": "flow configs that an update does not list are blanked; reconciler always sends all of them",
        },
    ),
    "enabled_after_create": (
        "is a new instance enabled?",
        {"true": "a new instance is enabled", "false": "a new instance is paused; an apply enables it"},
    ),
    "enabled_after_deploy": (
        "does a deploy enable a paused instance?",
        {
            "unchanged": "a deploy leaves a paused instance paused",
            "true": "a deploy enables a paused instance; an apply pauses it again",
        },
    ),
    "deployed_version": (
        "what is deployedVersion?",
        {"version": "deployedVersion is the version's number", "count": "deployedVersion counts the deploys"},
    ),
    "deploy_unconfigured": (
        "can an instance be deployed while a config variable has no value?",
        {
            "refused": "the deploy of an instance that is not fully configured is refused",
            "allowed": "an instance that is not fully configured is deployed",
            "ignored": "the deploy of an instance that is not fully configured is accepted and has no effect",
        },
    ),
    "pending_connection": (
        "does a connection that waits for authorization leave the instance unconfigured?",
        {
            "blocks": "an instance is not fully configured until somebody authorizes its connection",
            "ignored": "a connection that waits for authorization does not count for the state of the configuration",
        },
    ),
    "missing_connection": (
        "is an instance fully configured whose customer lacks its part in a shared connection?",
        {
            "refused": "an instance whose customer lacks the shared connection is not fully configured",
            "pending": "an instance whose customer lacks the shared connection is fully configured",
        },
    ),
    "shared_stable_keys": (
        "can two shared connections have one stable key?",
        {
            "unique": "the stable key of a shared connection is unique",
            "free": "two shared connections can have one stable key; a plan reports them as an error",
        },
    ),
    "shared_secrets": (
        "do secrets of shared connections read back?",
        {
            "hidden": "write-only inputs of shared connections do not read back",
            "plain": "write-only inputs of shared connections read back as they were sent",
        },
    ),
    "shared_input_meta": (
        "in which case does the meta of shared inputs read?",
        {
            "sent": "the meta of shared inputs reads back as it was sent",
            "upper": "the values in the meta of shared inputs read back in upper case",
        },
    ),
    "shared_needs_deploy": (
        "does a changed shared connection make a deploy needed?",
        {
            "no": "a changed shared connection makes no deploy needed",
            "yes": "a changed shared connection makes a deploy of its instances needed",
        },
    ),
    "shared_in_use": (
        "what makes a shared connection count as in use?",
        {
            "instances": "a shared connection is in use when instances use it",
            "definitions": "a shared connection is in use when an integration's definition names it",
        },
    ),
    "shared_delete_in_use": (
        "can a shared connection be deleted that is in use?",
        {
            "refused": "the API refuses to delete a shared connection that is in use",
            "allowed": "the API deletes a shared connection that is in use; reconciler does not ask for it",
        },
    ),
    "customer_connection_keys": (
        "can two of a customer's connections of one shared connection have one key?",
        {
            "unique": "the key of a customer's connection is unique",
            "free": "two of a customer's connections can have one key; a plan reports them as an error",
        },
    ),
    "component_ids": (
        "do the IDs of a component's connections change with its versions?",
        {
            "same": "the versions of a component share the IDs of its connections",
            "versions": "each version of a component has connections with IDs of its own",
        },
    ),
    "name_needs_deploy": (
        "does a new name make a deploy needed?",
        {"no": "a new name makes no deploy needed", "yes": "a new name makes a deploy needed"},
    ),
    "attributes_need_deploy": (
        "do new labels or a new description make a deploy needed?",
        {
            "no": "labels and the description make no deploy needed",
            "yes": "new labels or a new description make a deploy needed",
        },
    ),
    "renamed_variables": (
        "what carries a value over to a config variable with a new key?",
        {
            "kept": "values follow renameAttributes and the stable key",
            "declared": "values follow renameAttributes, not the stable key",
            "stable-key": "values follow the stable key, not renameAttributes",
            "lost": "values do not follow a config variable to its new key; declare them before an upgrade",
        },
    ),
    "retyped_variables": (
        "what becomes of the value of a config variable that gets another type?",
        {
            "default": "a config variable with another type starts with its default",
            "kept": "a config variable with another type keeps its value",
        },
    ),
    "booleans": (
        "how does a boolean read back?",
        {"sent": "booleans read back as they were sent", "title": "booleans read back as True and False"},
    ),
    "numbers": (
        "how does a number read back?",
        {"sent": "numbers read back as they were sent", "float": "numbers read back with a decimal point"},
    ),
    "json": (
        "how does JSON read back?",
        {
            "sent": "JSON reads back as it was sent",
            "compact": "JSON reads back without white space",
            "pretty": "JSON reads back indented",
        },
    ),
    "key_value_order": (
        "in which order does a key-value list read back?",
        {"sent": "key-value lists keep their order", "sorted": "key-value lists read back sorted by key"},
    ),
    "dates": (
        "how does a date read back?",
        {"sent": "dates read back as they were sent", "utc": "dates read back as times in UTC"},
    ),
    "instance_labels": (
        "in which case do an instance's labels read back?",
        {"lower": "labels of instances read back in lower case", "kept": "labels of instances keep their case"},
    ),
    "optional_strings": (
        "how does an unset optional text read?",
        {
            "stored": "an optional text that was never set reads as null, a cleared one as empty",
            "empty": "unset optional texts read as empty",
            "null": "unset optional texts read as null",
        },
    ),
    "external_ids": (
        "are customers' external IDs unique?",
        {
            "unique": "external IDs of customers are unique",
            "free": "two customers can share an external ID; a plan reports them as an error",
        },
    ),
    "instance_names": (
        "where must an instance's name be unique?",
        {
            "customer": "names of instances are unique within a customer",
            "organization": "names of instances are unique in the whole organization",
            "free": "two instances of a customer can share a name; a plan reports them as an error",
        },
    ),
    "user_emails": (
        "where must a user's e-mail address be unique?",
        {
            "tenant": "an e-mail address is unique in the whole organization",
            "customer": "an e-mail address is unique within a customer: two customers' users share one",
        },
    ),
    "text_filters": (
        "do text filters match exactly?",
        {
            "exact": "text filters match exactly",
            "caseless": "text filters match whatever the case",
            "contains": "text filters match anywhere in the text",
        },
    ),
    "page_over_cap": (
        "what does a page of more than 100 rows do?",
        {"cut": "a page of more than 100 rows is cut", "refused": "a page of more than 100 rows is refused"},
    ),
    "instances_by_integration": (
        "does instances(integration:) span versions?",
        {
            "every-version": "instances(integration:) finds the instances of every version",
            "exact": "instances(integration:) finds the instances of that version alone",
        },
    ),
    "draft_number": (
        "which version number has the unpublished draft?",
        {
            "next": "the draft has the number after the latest version's",
            "latest": "the draft has the latest version's number",
            "zero": "the draft has the number 0",
        },
    ),
    "webhook_secrets": (
        "does the secret of an event webhook read back?",
        {
            "plain": "the secret of an event webhook reads back as it was sent",
            "masked": "the secret of an event webhook reads back as a mask; use --resend-secrets to send it again",
            "null": "the secret of an event webhook reads as null; use --resend-secrets to send it again",
        },
    ),
    "webhook_names": (
        "are the names of event webhooks unique?",
        {
            "unique": "names of event webhooks are unique",
            "free": "two event webhooks can share a name; a plan reports them as an error",
        },
    ),
    "webhook_updates": (
        "does an update of an event webhook reset what it does not list?",
        {
            "keep": "an update of an event webhook keeps what it does not list",
            "reset": "an update of an event webhook resets what it does not list; reconciler always sends all",
        },
    ),
    "webhook_events": (
        "in which order do the events of an event webhook read back?",
        {
            "sent": "events of an event webhook keep their order",
            "sorted": "events of an event webhook read back sorted",
        },
    ),
    "alert_names": (
        "are the names of alert webhooks unique?",
        {
            "unique": "names of alert webhooks are unique",
            "free": "two alert webhooks can share a name; a plan reports them as an error",
        },
    ),
    "alert_updates": (
        "does an update of an alert webhook reset what it does not list?",
        {
            "keep": "an update of an alert webhook keeps what it does not list",
            "reset": "an update of an alert webhook resets what it does not list; reconciler always sends all",
        },
    ),
    "alert_lists": (
        "do the lists in an update of an alert group replace the former ones?",
        {
            "replaced": "a list in an update of an alert group replaces the former one",
            "added": "a list in an update of an alert group is added to the former one: members cannot be taken off",
        },
    ),
    "alert_deletion": (
        "what happens when an alert webhook is deleted that a group has?",
        {
            "unlinked": "a deleted alert webhook leaves its groups",
            "refused": "the API refuses to delete an alert webhook that a group has",
        },
    ),
    "monitor_numbers": (
        "does null unset a number of an alert monitor?",
        {
            "unset": "null unsets a number of an alert monitor",
            "kept": "null does not unset a number of an alert monitor; an apply deletes it and creates it anew",
        },
    ),
    "monitor_flow_updates": (
        "can an update bind an alert monitor to another flow?",
        {
            "written": "an update binds an alert monitor to another flow",
            "ignored": "an update does not bind an alert monitor to another flow; an apply creates it anew",
        },
    ),
    "flow_config_ids": (
        "does a flow keep its config when its instance moves to another version?",
        {"kept": "flow configs keep their IDs", "changed": "flow configs get other IDs with another version"},
    ),
    "monitors_on_move": (
        "what becomes of alert monitors when their instance moves to another version?",
        {
            "kept": "alert monitors follow their flow to another version",
            "deleted": "alert monitors are deleted when their instance moves; an apply creates them anew",
            "left": "alert monitors stay with the former flow config; an apply binds them to the present one",
        },
    ),
    "payload_templates": (
        "does the API trim templates?",
        {
            "sent": "templates read back as they were sent",
            "trimmed": "templates read back without blanks at the ends",
        },
    ),
    "test_runs": (
        "are runs of testInstanceFlowConfig marked isTestExecution?",
        {"marked": "test runs are marked", "unmarked": "test runs are not marked"},
    ),
    "test_execution": (
        "does the answer to a test have its execution?",
        {"linked": "the answer to a test has its execution", "absent": "the answer to a test has no execution"},
    ),
    "execution_id": (
        "where does a call of a flow name its execution?",
        {"body": "a call names its execution in the body", "header": "a call names its execution in a header"},
    ),
    "too_many_runs": (
        "how does a test beyond the customer's limit of runs answer?",
        {
            "status": "it answers with the statusCode 429",
            "plain": "it answers with HTTP 429",
            "graphql": "it answers with HTTP 429 and GraphQL errors",
        },
    ),
    "retry_next_at": (
        "what is retryNextAt once the retry began?",
        {"cleared": "retryNextAt is null after the retry began", "kept": "retryNextAt keeps the past time"},
    ),
    "retry_links": (
        "what does retryForExecution point to?",
        {
            "first": "retryForExecution points to the first attempt",
            "previous": "retryForExecution points to the attempt before",
        },
    ),
    "canceled_runs": (
        "what is the status of a run that was canceled as a duplicate?",
        {
            "success": "a canceled duplicate has the status SUCCESS",
            "error": "a canceled duplicate has the status ERROR",
        },
    ),
    "instance_failed_state": (
        "what does inFailedState of an instance mean?",
        {
            "latest-run": "inFailedState of an instance is about its latest run",
            "any-flow": "inFailedState of an instance is about the latest run of each of its flows",
        },
    ),
    "failed_state_after_deploy": (
        "does a deploy clear inFailedState?",
        {"kept": "a deploy does not clear inFailedState", "cleared": "a deploy clears inFailedState"},
    ),
    "step_results": (
        "what is JSON in the file of a step's result?",
        {
            "bytes": "JSON in a step's result is bytes",
            "text": "JSON in a step's result is text",
            "decoded": "JSON in a step's result is data",
        },
    ),
    "display_step_names": (
        "do step results have the name that a person sees?",
        {
            "present": "step results have a displayStepName",
            "null": "step results have no displayStepName; name steps as the API does",
        },
    ),
    "execution_pages": (
        "how many executions can a page have?",
        {"100": "a page of executions can have more than 20 rows", "20": "a page of executions has 20 rows at most"},
    ),
    "missing_in_mutation": (
        "where does a mutation report that its object is gone?",
        {"payload": "it reports that in its payload", "top-level": "it reports that as a top-level error"},
    ),
    "batches": (
        "is a request with many aliases atomic?",
        {
            "independent": "each mutation of a request stands alone",
            "atomic": "an error in one mutation of a request undoes the others",
        },
    ),
    "operations": (
        "how many operations may a request have?",
        {
            "unlimited": "a request may have as many operations as reconciler sends",
            "10": "a request may have 10 operations; reconciler sends it in halves",
        },
    ),
    "query_depth": (
        "how deep may a request go?",
        {"unlimited": "a request may go 11 fields deep", "10": "a request may not go 11 fields deep"},
    ),
    "request_size": (
        "how large may a request be?",
        {"unlimited": "a request may have more than 32 kB", "32kB": "a request with more than 32 kB is refused"},
    ),
    "unexecuted_operations": (
        "does the API check the operations of a request that are not carried out?",
        {
            "validated": "the API checks every operation: an apply that needs a missing field writes nothing",
            "ignored": "the API checks only what it carries out; --check-schema finds a missing field first",
            "refused": "the API refuses a further operation; --check-schema finds a missing field first",
        },
    ),
    "request_time": (
        "how long may a request take?",
        {
            "unlimited": "a request that takes more than a second is answered",
            "1s": "a gateway gives up on a request that takes long: use smaller batches (--batch-size)",
        },
    ),
    "retry_after": (
        "how does the API state a pause when it throttles?",
        {
            "seconds": "Retry-After is in seconds",
            "date": "Retry-After is a date",
            "absent": "there is no Retry-After; each pause is longer than the last",
        },
    ),
}

QUESTIONS: Mapping[str, str] = {name: question for name, (question, _) in _TOLD.items()}
READINGS: Mapping[str, Mapping[str, str]] = {name: readings for name, (_, readings) in _TOLD.items()}
"""the sentence for each reading of each assumption, in the order of a report."""
