"""The file with the values of a set: CSV where every value is a plain text, else YAML."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, Any

from reconciler.exporting.sets.template import in_order
from reconciler.exporting.yaml_text import as_nodes, comment, dumped, read_back
from reconciler.manifests.sets.csv_rows import COLUMN
from reconciler.text.escape import visible
from reconciler.text.natural import natural

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMULA = ("=", "+", "-", "@")
"""How a cell begins that spreadsheets take for a formula: a name from the tenant may be one."""
HEAD = "The values of {}, by the customer's handle."


def values_text(values: Mapping[str, Mapping[str, Any]], address: str) -> tuple[str, str] | None:
    """Return the suffix and the text of the file; ``None`` if reading the text would not return the values."""
    keys = in_order(values[handle] for handle in values)
    ordered = {
        handle: {key: values[handle][key] for key in keys if key in values[handle]}
        for handle in sorted(values, key=natural)
    }
    if all(_is_cell(value) for each in ordered.values() for value in each.values()):
        return ".csv", _csv(keys, ordered)
    nodes = as_nodes(ordered)
    nodes.fa.set_block_style()
    text = comment([HEAD.format(address)]) + dumped(nodes)
    return (".yaml", text) if read_back(text) == [ordered] else None


def _is_cell(value: Any) -> bool:
    """Return whether a value survives a CSV file, and people who open it in a spreadsheet."""
    return (
        isinstance(value, str)
        and value != ""
        and value == value.strip()
        and not value.startswith(FORMULA)
        and all(map(visible, value))
    )


def _csv(keys: list[str], values: Mapping[str, Mapping[str, Any]]) -> str:
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([COLUMN, *keys])
    writer.writerows([handle, *(each.get(key, "") for key in keys)] for handle, each in values.items())
    return stream.getvalue()
