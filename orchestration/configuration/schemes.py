"""The ways of segmenting: what the scheme catalogue says of each, and which of them a deployment can build.

Belongs here: reading the catalogue, whether a scheme is on and has the sources it needs, in words where not. Does not
belong here: the segments of a scheme, whether tonight's records name what the scheme looks at.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from orchestration.repository import SCHEME_CATALOG

SchemeState = Literal["available", "switched_off", "not_available"]
# What a scheme may require besides canonical entities, by what it is made of: predictions need orders and no more.
# Where these are too few there are none, and the scheme says unknown.
_MADE_OF = {"predictions": "order_lines"}


@dataclass(frozen=True)
class Scheme:
    """A row of the scheme catalogue.

    Attributes:
        name: Its code, which names its model, its columns and its setting.
        title: Its name for readers.
        question: What it tells of a customer, as a question.
        method: ``rule`` or ``model``.
        segments: ``fixed`` in the segment catalogue, ``derived`` from the data by a dbt model, or ``found`` by an
            estimator.
        requires: Groups of canonical entities, of each of which one has to be connected.
    """

    name: str
    title: str
    question: str
    method: str
    segments: str
    requires: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class SchemeStatus:
    """Whether a deployment builds a scheme.

    Attributes:
        reason: Why not, in words; empty where it does.
    """

    scheme: str
    status: SchemeState
    reason: str = ""

    @property
    def is_available(self) -> bool:
        return self.status == "available"

    def as_variable(self) -> dict[str, str]:
        """The status as dbt gets it."""
        return asdict(self)


def catalogued_schemes() -> tuple[Scheme, ...]:
    """Every scheme of the catalogue, in its order."""
    with SCHEME_CATALOG.open(encoding="utf-8", newline="") as catalog:
        return tuple(
            Scheme(
                name=row["scheme"],
                title=row["scheme_name"],
                question=row["question"],
                method=row["method"],
                segments=row["segments"],
                requires=tuple(
                    tuple(_MADE_OF.get(name, name) for name in group.split("|")) for group in row["requires"].split()
                ),
            )
            for row in csv.DictReader(catalog)
        )


def status_of(scheme: Scheme, *, switched: Mapping[str, bool], connected: Collection[str]) -> SchemeStatus:
    """Return whether a scheme is built, and why not.

    Args:
        scheme: The scheme.
        switched: What ``tessera.yml`` switches on and off; what it does not name is on.
        connected: Canonical entities that a source feeds.
    """
    if not switched.get(scheme.name, True):
        return SchemeStatus(scheme.name, "switched_off", "switched off in tessera.yml")
    missing = [group for group in scheme.requires if not set(group) & set(connected)]
    if missing:
        wanted = " and of ".join(" or ".join(entity.replace("_", " ") for entity in group) for group in missing)
        return SchemeStatus(scheme.name, "not_available", f"no source of {wanted} is connected")
    return SchemeStatus(scheme.name, "available")
