"""Names that want to act: on a terminal, in a browser, in a forge's comment, in a CI's log, in a spreadsheet.

A customer may be called anything, so every output is tried with every one of these. What a name does where is told by
its key; ``ACTS`` says, for outputs of plain text, what must not be found in them.
"""

from __future__ import annotations

import re

TERMINAL = {
    "colour": "red\x1b[31malert",
    "cursor": "up\x1b[2A\x1b[2Kgone",
    "title": "x\x1b]0;owned\x07y",
    "link": "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;cm0gLXJm\x07",
    "one-byte escape": "a\x9b31mb\x90c\x9d0;d\x9c",
    "bell and backspace": "safe\x07\x08\x08\x08\x08evil",
    "carriage return": "100 deleted\rNothing to do",
    "line feed": "one\nPlan: nothing to do",
    "two lines": "one\r\nDone: 1 applied.",
    "other line ends": "a\x0bb\x0cc\x85d\u2028e\u2029f",
    "null": "a\x00b",
    "delete": "a\x7fb",
}
INVISIBLE = {
    "override": "abc\u202egnp.exe",
    "isolates": "\u2066a\u2067b\u2068c\u2069",
    "marks": "a\u200eb\u200fc\u061cd",
    "zero width": "pay\u200bpal\u200c\u200d\ufeff",
    "soft hyphen": "pay\u00adpal",
    "tags": "ok\U000e0069\U000e0067",
    "fillers": "a\u115f\u1160\u3164\uffa0b",
    "joiner": "a\u034fb",
    "selectors": "a\ufe01b\U000e0101c",
    "line of spaces": "a\u00a0\u2003\u3000b",
    "half a pair": "a\ud800b\udfffc",
    "private": "a\ue000b\U0010fffdc",
}
MARKUP = {
    "script": "<script>alert(1)</script>",
    "handler": '"><img src=x onerror=alert(1)>',
    "single quotes": "' onmouseover='alert(1)",
    "entities": "&lt;b&gt; &#60;i&#62; &amp;",
    "close details": "</details></summary></table><h1>Approved</h1>",
    "comment": "<!-- hidden --> --> <!--",
    "cdata": "]]><testcase name='made up'/><![CDATA[",
    "template": "{{ 7 * 7 }} ${7*7} {% raw %} <%= 7 %>",
    "style": "</style><style>*{display:none}</style>",
    "javascript address": "javascript:alert(1)",
}
MARKDOWN = {
    "heading": "# Approved",
    "emphasis": "**bold** _it_ ~~gone~~",
    "code": "`code` ``` fence",
    "fence": "```\n```suggestion\nevil\n```",
    "tilde fence": "~~~\nout",
    "link": "[click](https://evil.example)",
    "reference": "[a]: https://evil.example",
    "image": "![x](https://evil.example/track.png)",
    "bare address": "https://evil.example/ www.evil.example",
    "mention": "@everyone @octocat @org/team",
    "issue": "closes #1, fixes owner/repo#2, !3, %4, GH-5",
    "table": "a | b | c\n|---|---|---|",
    "quote": "> quoted",
    "list": "- [x] done",
    "rule": "---",
    "math": "$x^2$ $$y$$",
    "slash command": "/approve",
    "backslashes": "\\| \\` \\",
    "emoji": ":white_check_mark: :tada:",
    "long run": "`" * 40,
}
CI_LOG = {
    "workflow command": "::error file=app.js,line=1::made up",
    "workflow command after spaces": "  \t::set-output name=x::y",
    "workflow command on a line of its own": "a\n::stop-commands::token",
    "older workflow command": "##[error]made up",
    "older workflow command within": "x ##[add-mask]a",
    "pipelines command": "##vso[task.setvariable variable=x]y",
    "teamcity": "##teamcity[buildStatus status='SUCCESS']",
    "gitlab section": "section_start:1:x\r\x1b[0K",
}
SPREADSHEET = {
    "formula": "=1+1",
    "command": "=cmd|' /C calc'!A0",
    "plus": "+1",
    "minus": "-1+1",
    "at": "@SUM(A1)",
    "tab": "\t=1+1",
    "after a comma": ',=HYPERLINK("https://evil.example")',
}
ODD = {
    "empty": "",
    "spaces": "   ",
    "long": "x" * 5_000,
    "long word of wide letters": "漢" * 1_000,
    "stacked": "e" + "\u0301" * 200,
    "right to left": "שלום עולם",
    "emoji": "👩‍👩‍👧‍👦 🇨🇦 ✅",
    "format": "%s %d {0} {name} %(x)s",
    "path": "../../etc/passwd",
    "windows name": "CON",
    "quotes": "\"'`“”",
    "yaml": "{a: !!python/object x} &a *a - ? :",
    "number": "1e309",
    "true": "true",
    "null word": "null",
}
GROUPS = {
    "terminal": TERMINAL,
    "invisible": INVISIBLE,
    "markup": MARKUP,
    "markdown": MARKDOWN,
    "ci": CI_LOG,
    "spreadsheet": SPREADSHEET,
    "odd": ODD,
}
HOSTILE = {f"{group}: {key}": name for group, names in GROUPS.items() for key, name in names.items()}
"""Every hostile name, by what it wants to do."""
SENDABLE = {
    key: name for key, name in HOSTILE.items() if name.isascii() or name.encode("utf-8", "ignore").decode() == name
}
"""Those that can be sent as UTF-8; half a surrogate pair comes only out of an answer, escaped in its JSON."""

ACTS = {
    "a control character": re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]"),
    "a line end that is none of ours": re.compile(r"[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]"),
    "a direction mark": re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"),
    "an invisible character": re.compile(
        r"[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2064\u3164\ufe00-\ufe0d\ufeff\uffa0"
        r"\U000e0000-\U000e0fff]"
    ),
    "half a surrogate pair": re.compile(r"[\ud800-\udfff]"),
    "a workflow command": re.compile(r"^\s*::", re.MULTILINE),
    "a command of an older runner": re.compile(r"##(?:\[|vso\[|teamcity\[)"),
}
"""What plain text that goes to a terminal or a CI's log must not hold, by what it would be."""


def acting(text: str) -> list[str]:
    """Return what in a text of ours would act on a terminal or on the CI that shows the log."""
    return [what for what, pattern in ACTS.items() if pattern.search(text)]
