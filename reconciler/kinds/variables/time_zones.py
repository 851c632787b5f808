"""Names of time zones, and suggestions for a name that is none."""

from __future__ import annotations

import re
from functools import cache

EXPECTED = "an IANA time zone such as Europe/Oslo"
_OFFSET = re.compile(r"(?:Etc/)?(?:GMT|UTC|UT|Z)?\s*([-+\u2212])\s*([0-9]{1,2})(?::?([0-9]{2}))?", re.IGNORECASE)
_ABBREVIATIONS = {
    "ACST": ("Australia/Adelaide",), "AEDT": ("Australia/Sydney",), "AEST": ("Australia/Sydney",),
    "AKST": ("America/Anchorage",), "AST": ("America/Halifax",), "AWST": ("Australia/Perth",),
    "BRT": ("America/Sao_Paulo",), "BST": ("Europe/London",), "CAT": ("Africa/Maputo",), "CDT": ("America/Chicago",),
    "CEST": ("Europe/Berlin", "Europe/Paris"), "CET": ("Europe/Berlin", "Europe/Paris"),
    "CST": ("America/Chicago", "Asia/Shanghai"), "EAT": ("Africa/Nairobi",), "EDT": ("America/New_York",),
    "EEST": ("Europe/Helsinki",), "EET": ("Europe/Helsinki",), "EST": ("America/New_York",),
    "GST": ("Asia/Dubai",), "HKT": ("Asia/Hong_Kong",), "HST": ("Pacific/Honolulu",),
    "IST": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"), "JST": ("Asia/Tokyo",), "KST": ("Asia/Seoul",),
    "MDT": ("America/Denver",), "MSK": ("Europe/Moscow",), "MST": ("America/Denver",), "NZDT": ("Pacific/Auckland",),
    "NZST": ("Pacific/Auckland",), "PDT": ("America/Los_Angeles",), "PST": ("America/Los_Angeles",),
    "SAST": ("Africa/Johannesburg",), "SGT": ("Asia/Singapore",), "WEST": ("Europe/Lisbon",), "WET": ("Europe/Lisbon",),
}  # fmt: skip
"""Of common abbreviations, regions that use them; none of them says when the clocks change."""


@cache
def time_zones() -> frozenset[str]:
    """Return every time zone; none on a machine without a database of them, where no name can be checked."""
    from zoneinfo import available_timezones

    return frozenset(available_timezones())


def suggestion(zone: str) -> str:
    """Return what to write instead of a name that is no time zone.

    The letters of ``GMT+2`` are near ``Etc/GMT+2``, but the times are four hours apart: POSIX reverses the sign.
    """
    if offset := _OFFSET.fullmatch(zone.strip()):
        return _by_offset(*offset.groups())
    if named := _by_name(zone.strip()):
        return f"did you mean {' or '.join(map(repr, named))}?"
    if regions := _ABBREVIATIONS.get(zone.strip().upper()):
        return f"name a region instead, such as {' or '.join(regions)}"
    near = _nearest(zone)
    return f"did you mean {near!r}?" if near else "name a region and a city, such as America/Chicago"


def _by_offset(sign: str, hours: str, minutes: str | None) -> str:
    region = "name a region, such as Europe/Oslo, which also knows when the clocks change"
    turned = "-" if sign == "+" else "+"
    fixed = f"Etc/GMT{turned}{int(hours)}" if int(hours) else "Etc/UTC"
    if int(minutes or 0) or fixed not in time_zones():
        return region
    ahead = "ahead of" if sign == "+" else "behind"
    about = f", whose sign is reversed: it is {int(hours)} h {ahead} UTC" if int(hours) else ""
    return f"{region}; the fixed offset is {fixed!r}{about}"


def _by_name(zone: str) -> list[str]:
    """Return the zones with this name in another case or with other blanks, else the zones of the city."""
    wanted = "_".join(zone.split()).casefold()
    whole = [each for each in time_zones() if each.casefold() == wanted]
    city = [each for each in time_zones() if "/" in each and each.rpartition("/")[2].casefold() == wanted]
    return sorted(whole or [each for each in city if not each.startswith("Etc/")])


def _nearest(zone: str) -> str | None:
    from rapidfuzz import process, utils

    regions = sorted(each for each in time_zones() if "/" in each and not each.startswith("Etc/"))
    found = process.extractOne(zone, regions, processor=utils.default_process, score_cutoff=75)
    return found[0] if found else None
