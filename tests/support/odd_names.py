"""Names that one reader of YAML or another takes for something else than text, or not at all."""

from __future__ import annotations

ODD = (
    "08", "1e3", "0x1F", "0o17", "010", "1_000", "12:30", "1.5", ".5", "5.", "-1", "+1", ".inf", "-.INF", ".nan",
    "2026-11-28", "2026-11-28T12:00:00Z", "null", "Null", "~", "", "yes", "No", "ON", "off", "true", "False", "y", "N",
    "=", "<<", "- a", "-", "? a", "?", ": a", ":", "a: b", "a:", "a #b", "#a", "a#b", "&a", "*a", "!a", "!!str a", "|",
    ">", "'a'", '"a"', "it's", "%a", "@a", "`a", "{a}", "[a]", "a, b", "a\nb", "a\r\nb", "\n", "a\tb", " a", "a ", "é",
    "\x00", "\x07", "\x1b[31m", "\x7f", "\x85", "\xa0", "\u2028", "\u2029", "\u202e", "\ufeff", "\ufffe", "😀",
    "\U000e0001", "\\", "\\n", "---", "...", "--- a", "lockVersion", "a" * 127, "a" * 128, "a" * 1023, "a" * 1024,
    "a" * 5000, "é: " * 400, "${var.x}", "Acme Inventory", "A/B", "A (B)",
)  # fmt: skip
