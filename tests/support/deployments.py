"""Deployments for tests that run nothing: a ``tessera.yml`` in a folder, and files that only have to exist."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from data_contracts.contract import load_contracts
from orchestration.configuration.deployment import Deployment, load_deployment
from orchestration.repository import INBOUND_CONTRACTS

# One key a line, so that a test can say on which line an error must be found.
CONFIG = """\
company:
  name: Test Company
  time_zone: Europe/Berlin
  currency: EUR
nights:
  first: 2024-01-01
  last: 2024-12-31
sources:
  - contract: transactions__order_lines
    files: [order_lines.csv]
"""

# Rules on two families, the one and the other alone; the model of custom schemes is built only where there are any.
CUSTOM_SCHEMES = """\
custom_schemes:
  food_delivery:
    description: Who orders to the door, and how often?
    rules:
      - {segment: weekly_regulars, when: {order_days_90d_count: ">= 10", country: [DE, AT]}}
      - {segment: lapsed, when: {days_since_last_order: "> 60"}}
    otherwise: others
  luxury_skincare:
    description: Who buys at full price?
    rules:
      - {segment: insiders, when: {average_order_value_365d_amount: ">= 100", discount_365d_share: "< 10%"}}
    otherwise: guests
"""

# A scheme that rules decide and one that a model does: its demand is counted in a model of its own.
DEMAND = """\
demand:
  schemes: [value_tier, product_preference, clusters]
"""


def write_config(folder: Path, *, replace: Iterable[tuple[str, str]] = (), more: str = "") -> Path:
    """Write the configuration above, with parts replaced and lines added, and return its path."""
    text = CONFIG
    for old, new in replace:
        assert old in text, f"{old!r} is not in the configuration"
        text = text.replace(old, new)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "tessera.yml"
    path.write_text(text + more, encoding="utf-8")
    return path


def line_of(path: Path, text: str) -> int:
    """The number of the first line that holds a text."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def every_source(folder: Path) -> Deployment:
    """A deployment with every inbound contract, each fed by an empty file, custom schemes and demand by all kinds."""
    entries = []
    for contract in load_contracts(INBOUND_CONTRACTS):
        (folder / f"{contract}.csv").touch()
        entries.append(f"  - contract: {contract}\n    files: [{contract}.csv]\n")
    sources = CONFIG[CONFIG.index("sources:") :]
    config = write_config(folder, replace=[(sources, "sources:\n" + "".join(entries))], more=CUSTOM_SCHEMES + DEMAND)
    return load_deployment(config, folder / "home")
