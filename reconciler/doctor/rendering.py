"""An examination as text, JSON or Markdown."""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

from reconciler.reports.markdown.markup import code, prose
from reconciler.text.escape import json_text, safe
from reconciler.text.plural import counted
from reconciler.text.wrapping import laid_out, together

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.doctor.findings import Examination, Finding
    from reconciler.reports.shared.style import Style

FORMAT_VERSION = 1
_SIGNS = {"ok": "✓", "warning": "!", "problem": "✗", "unknown": "?"}
_WROTE = {
    False: "the customer of the examination was written and removed",
    True: "the customer of the examination was written, and not all of it is known to be removed",
}
_HEADINGS = {"assumption": "Assumptions"}
"""The headings of topics that are called otherwise in JSON."""
_ORDER = ("problem", "warning", "unknown", "ok")


def render(examination: Examination, form: str, style: Style) -> str:
    """Return the report in one of ``FORMATS``."""
    return FORMATS[form](examination, style)


def _text(examination: Examination, style: Style) -> str:
    lines: list[str] = []
    for topic, found in groupby(examination.findings, key=lambda finding: finding.topic):
        heading = _HEADINGS.get(topic, topic.capitalize())
        lines += [style.bold(heading), *(_line(finding, style) for finding in found), ""]
    lines.append(_headline(examination))
    lines.append(", ".join(together(f"{name} {value}") for name, value in examination.versions.items()))
    return laid_out("\n".join(lines) + "\n", style.width)


def _line(finding: Finding, style: Style) -> str:
    colours: Mapping[str, Callable[[str], str]] = {
        "ok": style.good,
        "warning": style.warn,
        "problem": style.bad,
        "unknown": style.dim,
    }
    reading = f" = {finding.reading}" if finding.reading else ""
    sign = colours[finding.state](_SIGNS[finding.state])
    return f"  {sign} {safe(f'{finding.name}{reading}: {finding.text}')}"


def _headline(examination: Examination) -> str:
    counts = {state: sum(1 for each in examination.findings if each.state == state) for state in _ORDER}
    nouns = {"problem", "warning"}
    parts = [
        counted(count, state) if state in nouns else f"{count} {state}" for state, count in counts.items() if count
    ]
    wrote = _WROTE[_lost(examination)] if examination.wrote else "nothing was written"
    return f"{', '.join(parts) or 'nothing found'}; {counted(examination.requests, 'request')}, {wrote}"


def _lost(examination: Examination) -> bool:
    """Return whether something that was created is left, or was changed by somebody else."""
    return any(each.topic == "assumption" and each.name in {"removed", "customer"} for each in examination.problems)


def document(examination: Examination) -> dict[str, Any]:
    """Return the report as plain data; see ``schemas/doctor.schema.json``."""
    return {
        "formatVersion": FORMAT_VERSION,
        "command": "doctor",
        "versions": dict(examination.versions),
        "requests": examination.requests,
        "wrote": examination.wrote,
        "findings": [_plain(each) for each in examination.findings],
    }


def _plain(finding: Finding) -> dict[str, Any]:
    return {name: value for name, value in asdict(finding).items() if name != "features"}


def _json(examination: Examination, _style: Style) -> str:
    return json_text(document(examination))


def _markdown(examination: Examination, _style: Style) -> str:
    lines = [
        "### reconciler doctor",
        "",
        _headline(examination),
        "",
        "| | Topic | Name | Reading | |",
        "|---|---|---|---|---|",
    ]
    for each in examination.findings:
        cells = (each.state, each.topic, code(each.name), code(each.reading) if each.reading else "", prose(each.text))
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    listed = ", ".join(f"{name} {value}" for name, value in examination.versions.items())
    return "\n".join([*lines, "", listed, ""])


FORMATS: Mapping[str, Callable[[Examination, Style], str]] = {"text": _text, "json": _json, "markdown": _markdown}
