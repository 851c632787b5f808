"""octoDNS, planning as many records: its YAML provider on both sides, so that nothing but planning is measured."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import run

if TYPE_CHECKING:
    from benchmarks.measure import Took

PER_ZONE = 100
CONFIG = """\
providers:
  wanted: {{class: octodns.provider.yaml.YamlProvider, directory: {0}/wanted, enforce_order: false}}
  live: {{class: octodns.provider.yaml.YamlProvider, directory: {0}/live, enforce_order: false}}
zones:
"""


def installed() -> bool:
    return importlib.util.find_spec("octodns") is not None


def write(folder: Path, records: int) -> None:
    """Write zones with so many records, of which every tenth changes."""
    zones = range(-(-records // PER_ZONE))
    for side in ("wanted", "live"):
        (folder / side).mkdir(parents=True)
        for zone in zones:
            text = "".join(_record(number, side) for number in range(zone * PER_ZONE, (zone + 1) * PER_ZONE))
            (folder / side / f"zone-{zone}.example.yaml").write_text(f"---\n{text}", encoding="utf-8")
    config = CONFIG.format(folder) + "".join(
        f"  zone-{zone}.example.: {{sources: [wanted], targets: [live]}}\n" for zone in zones
    )
    (folder / "config.yaml").write_text(config, encoding="utf-8")


def plan(folder: Path) -> Took:
    """Return what it takes to plan the records in a folder."""
    command = Path(sys.executable).with_name("octodns-sync")
    return run([str(command), "--config-file", str(folder / "config.yaml"), "--quiet"], cwd=folder)


def _record(number: int, side: str) -> str:
    last = 2 if side == "wanted" and number % 10 == 0 else 1
    return f"host-{number}: {{type: A, ttl: 300, value: 10.{number // 65536}.{number // 256 % 256}.{last}}}\n"
